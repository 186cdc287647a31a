//! Secure connections, with an authority of their own.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use forebay_nats::async_nats::ConnectOptions;
use forebay_nats::{ConnectError, Nats, Queue};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use crate::access::{configured, works};
use crate::support::{builder, one, open, soon};

/// An authority, and what it certifies, in files.
struct Authority {
    folder: tempfile::TempDir,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).unwrap();
        Self { folder, issuer: Issuer::new(params, key) }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A certificate for a name or an address, and its key.
    fn certify(&self, name: &str) -> (PathBuf, PathBuf) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let path = |end: &str| self.folder.path().join(format!("{name}.{end}"));
        std::fs::write(path("pem"), certificate.pem()).unwrap();
        std::fs::write(path("key"), key.serialize_pem()).unwrap();
        (path("pem"), path("key"))
    }

    /// What a server is configured with, and more of it.
    fn server(&self, name: &str, more: &str) -> String {
        let (certificate, key) = self.certify(name);
        let [certificate, key, ca] =
            [certificate, key, self.path()].map(|path| path.display().to_string());
        format!(
            "tls {{ cert_file: {certificate:?}, key_file: {key:?}, ca_file: {ca:?}, {more} }}\n"
        )
    }

    fn options(&self) -> ConnectOptions {
        ConnectOptions::new().add_root_certificates(self.path())
    }
}

/// It is the TLS that failed, and the error says how.
fn fails(connected: Result<Nats, ConnectError>, how: &str) {
    let error = connected.unwrap_err();
    assert!(matches!(error, ConnectError::Tls(_)), "{error:?}");
    assert!(error.to_string().contains(how), "{error}");
}

#[tokio::test]
async fn an_authority_that_is_trusted() {
    let authority = Authority::new();
    let (mut servers, port) = configured(&authority.server("127.0.0.1", "")).await;
    // The server asks for TLS, whatever the address says.
    for scheme in ["tls", "nats"] {
        let url = format!("{scheme}://127.0.0.1:{port}");
        let nats = Nats::connect_with(&url, authority.options()).await.unwrap();
        works(&nats).await;
        assert!(nats.client().server_info().tls_required);
        fails(Nats::connect(&url).await, "not trusted: ");
        fails(Nats::connect_with(&url, Authority::new().options()).await, "not trusted: ");
    }

    let url = format!("tls://127.0.0.1:{port}");
    let nats = Nats::connect_with(&url, authority.options()).await.unwrap();
    let queue = open(&nats, builder().maxsize(1).retries(1)).await;
    queue.put(1).await.unwrap();
    servers.nodes[0].kill();
    servers.nodes[0].start();
    assert_eq!(soon(queue.get()).await.unwrap().into_inner(), 1);
    soon(queue.join()).await.unwrap();
}

#[tokio::test]
async fn a_certificate_for_another_name() {
    let authority = Authority::new();
    let (_servers, port) = configured(&authority.server("jobs.example", "")).await;
    let url = format!("tls://127.0.0.1:{port}");
    fails(Nats::connect_with(&url, authority.options()).await, "not trusted: ");
}

#[tokio::test]
async fn a_server_that_asks_for_certificates_of_its_clients() {
    let authority = Authority::new();
    let (_servers, port) = configured(&authority.server("127.0.0.1", "verify: true")).await;
    let url = format!("tls://127.0.0.1:{port}");
    let (certificate, key) = authority.certify("worker");
    let options = authority.options().add_client_certificate(certificate, key);
    works(&Nats::connect_with(&url, options).await.unwrap()).await;
    fails(Nats::connect_with(&url, authority.options()).await, "CertificateRequired");
    let unknown = Authority::new();
    let (certificate, key) = unknown.certify("worker");
    let options = authority.options().add_client_certificate(certificate, key);
    fails(Nats::connect_with(&url, options).await, "UnknownCA");
    let nowhere = Path::new("/nowhere").to_owned();
    let options = authority.options().add_client_certificate(nowhere.clone(), nowhere);
    fails(Nats::connect_with(&url, options).await, "No such file");
}

#[tokio::test]
async fn one_side_without_it() {
    let (servers, _nats) = one().await;
    let port = servers.nodes[0].port();
    let no_tls = "does not answer in TLS";
    fails(Nats::connect(&format!("tls://127.0.0.1:{port}")).await, no_tls);
    let url = format!("nats://127.0.0.1:{port}");
    fails(Nats::connect_with(&url, ConnectOptions::new().require_tls(true)).await, no_tls);
    fails(Nats::connect_with(&url, ConnectOptions::new().tls_first()).await, no_tls);

    let authority = Authority::new();
    let first = authority.server("127.0.0.1", "handshake_first: true");
    let (_servers, port) = configured(&first).await;
    let url = format!("tls://127.0.0.1:{port}");
    works(&Nats::connect_with(&url, authority.options().tls_first()).await.unwrap()).await;
    let error = soon(Nats::connect_with(&url, authority.options())).await.unwrap_err();
    assert!(matches!(error, ConnectError::Failed(_)), "{error:?}");
    assert!(error.to_string().contains("wants TLS first"), "{error}");
}

/// Tells a child that it is one.
const CHILD: &str = "FOREBAY_NATS_ENVIRONMENT";

/// Not a test: what the child runs.
#[tokio::test]
async fn child() {
    if std::env::var(CHILD).is_err() {
        return;
    }
    let nats = Nats::from_env().await.unwrap();
    let queue: Queue<u64> = builder().fifo(&nats, "env").await.unwrap();
    queue.put(7).await.unwrap();
}

#[tokio::test]
async fn by_the_environment_alone() {
    let authority = Authority::new();
    let user = "authorization { user: worker, password: secret }\n";
    let (_servers, port) = configured(&(authority.server("127.0.0.1", "") + user)).await;
    let child = |url: String| {
        let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
        command.args(["tls::child", "--exact"]).stdout(Stdio::null()).stderr(Stdio::null());
        command.env(CHILD, "1").env("NATS_URL", url).env("SSL_CERT_FILE", authority.path());
        command.kill_on_drop(true).status()
    };
    let url = format!("tls://worker:secret@127.0.0.1:{port}");
    assert!(soon(child(url)).await.unwrap().success());
    assert!(!soon(child(format!("tls://worker:wrong@127.0.0.1:{port}"))).await.unwrap().success());
    let options = authority.options().user_and_password("worker".into(), "secret".into());
    let nats = Nats::connect_with(&format!("tls://127.0.0.1:{port}"), options).await.unwrap();
    let queue: Queue<u64> = builder().fifo(&nats, "env").await.unwrap();
    assert_eq!(soon(queue.get()).await.unwrap().into_inner(), 7);
}
