//! Who is let in: by a password, a token, a key, or a file of credentials.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use forebay_nats::async_nats::ConnectOptions;
use forebay_nats::{ConnectError, Nats};
use nkeys::KeyPair;
use serde_json::{Value, json};

use crate::server::Servers;
use crate::support::{builder, connect, ms, open, soon, until};

/// Servers with a configuration of their own, once they answer.
pub(crate) async fn configured(configuration: &str) -> (Servers, u16) {
    let servers = Servers::configured(1, Some(configuration));
    let port = servers.nodes[0].port();
    until(async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok()).await;
    (servers, port)
}

/// All that a queue needs of the server.
pub(crate) async fn works(nats: &Nats) {
    let queue = open(nats, builder().maxsize(1).retries(1)).await;
    queue.put(1).await.unwrap();
    let waiting = tokio::spawn({
        let queue = queue.clone();
        async move { queue.put(2).await }
    });
    drop(soon(queue.get()).await.unwrap());
    let job = soon(queue.get()).await.unwrap();
    assert_eq!((*job, job.attempt()), (1, 2));
    job.done();
    soon(waiting).await.unwrap().unwrap();
    soon(queue.get()).await.unwrap().done();
    soon(queue.join()).await.unwrap();
}

fn is_refused(connected: Result<Nats, ConnectError>) {
    let error = connected.unwrap_err();
    assert!(matches!(error, ConnectError::Refused(_)), "{error:?}");
    let words = error.to_string();
    assert!(words.contains("does not let us in: authorization violation"), "{words}");
}

#[tokio::test]
async fn by_a_user_and_a_password() {
    let user = r#"authorization { user: "w@rker", password: "p/q:r" }"#;
    let (_servers, port) = configured(user).await;
    works(&connect(&format!("nats://w%40rker:p%2Fq%3Ar@127.0.0.1:{port}")).await).await;
    let url = format!("nats://127.0.0.1:{port}");
    let options = |password: &str| {
        ConnectOptions::with_user_and_password("w@rker".to_owned(), password.to_owned())
    };
    works(&Nats::connect_with(&url, options("p/q:r")).await.unwrap()).await;
    is_refused(Nats::connect_with(&url, options("p")).await);
    is_refused(Nats::connect(&url).await);
    is_refused(Nats::connect(&format!("nats://w%40rker:p@127.0.0.1:{port}")).await);
}

#[tokio::test]
async fn by_a_token() {
    let (_servers, port) = configured(r#"authorization { token: "s3/cr" }"#).await;
    works(&connect(&format!("nats://s3%2Fcr@127.0.0.1:{port}")).await).await;
    is_refused(Nats::connect(&format!("nats://s3@127.0.0.1:{port}")).await);
    is_refused(Nats::connect(&format!("nats://127.0.0.1:{port}")).await);
}

#[tokio::test]
async fn by_a_key() {
    let (key, other) = (KeyPair::new_user(), KeyPair::new_user());
    let users = format!("authorization {{ users = [ {{ nkey: {} }} ] }}", key.public_key());
    let (_servers, port) = configured(&users).await;
    let url = format!("nats://127.0.0.1:{port}");
    let by = |key: &KeyPair| ConnectOptions::with_nkey(key.seed().unwrap());
    works(&Nats::connect_with(&url, by(&key)).await.unwrap()).await;
    is_refused(Nats::connect_with(&url, by(&other)).await);
    is_refused(Nats::connect(&url).await);
    let error = Nats::connect_with(&url, ConnectOptions::with_nkey("no key".to_owned())).await;
    let error = error.unwrap_err();
    assert!(matches!(error, ConnectError::Refused(_)), "{error:?}");
    assert!(error.to_string().contains("signing"), "{error}");
}

/// What `issuer` says of `subject`, as a NATS server reads it.
fn signed(issuer: &KeyPair, subject: &KeyPair, nats: &Value) -> String {
    let header = json!({ "typ": "JWT", "alg": "ed25519-nkey" });
    let claims = json!({
        "jti": "x",
        "iat": 1_700_000_000,
        "iss": issuer.public_key(),
        "sub": subject.public_key(),
        "name": "x",
        "nats": nats,
    });
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let text = format!("{header}.{claims}");
    let signature = URL_SAFE_NO_PAD.encode(issuer.sign(text.as_bytes()).unwrap());
    format!("{text}.{signature}")
}

/// A file of credentials.
fn credentials(account: &KeyPair) -> String {
    let user = KeyPair::new_user();
    let claims = json!({ "type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1 });
    let (jwt, seed) = (signed(account, &user, &claims), user.seed().unwrap());
    format!(
        "-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
    )
}

#[tokio::test]
async fn by_a_file_of_credentials() {
    let operator = KeyPair::new_operator();
    let (system, account, unknown) =
        (KeyPair::new_account(), KeyPair::new_account(), KeyPair::new_account());
    let limits = json!({
        "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true,
        "conn": -1, "leaf": -1, "mem_storage": -1, "disk_storage": -1, "streams": -1,
        "consumer": -1,
    });
    let of_operator =
        json!({ "type": "operator", "version": 2, "system_account": system.public_key() });
    let of_system = json!({ "type": "account", "version": 2 });
    let of_account = json!({ "type": "account", "version": 2, "limits": limits });
    let configuration = format!(
        "operator: {}\nsystem_account: {}\nresolver: MEMORY\nresolver_preload {{\n{}: {}\n{}: {}\n}}\n",
        signed(&operator, &operator, &of_operator),
        system.public_key(),
        system.public_key(),
        signed(&operator, &system, &of_system),
        account.public_key(),
        signed(&operator, &account, &of_account),
    );
    let (_servers, port) = configured(&configuration).await;
    let url = format!("nats://127.0.0.1:{port}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.creds");
    std::fs::write(&path, credentials(&account)).unwrap();
    let options = ConnectOptions::with_credentials_file(&path).await.unwrap();
    works(&Nats::connect_with(&url, options).await.unwrap()).await;
    let options = ConnectOptions::with_credentials(&credentials(&unknown)).unwrap();
    is_refused(Nats::connect_with(&url, options).await);
    is_refused(Nats::connect(&url).await);
}

#[tokio::test]
async fn who_may_not_use_jetstream_is_told() {
    let (_servers, port) = configured(
        r#"accounts {
            plain { users = [ { user: "a", password: "b" } ] }
            with { jetstream: enabled, users = [ { user: "c", password: "d" } ] }
        }"#,
    )
    .await;
    let nats = connect(&format!("nats://a:b@127.0.0.1:{port}")).await;
    let brief = builder().timeout(ms(1000));
    let opened = soon(brief.fifo::<u64, forebay_nats::Json>(&nats, "q")).await;
    assert!(matches!(opened, Err(forebay_nats::OpenError::NoJetStream)), "{opened:?}");
}
