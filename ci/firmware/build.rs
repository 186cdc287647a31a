//! Points the linker at cortex-m-rt's script, and that script at the memory of the machine.

fn main() {
    let machine = if std::env::var_os("CARGO_FEATURE_CORTEX_M0").is_some() { "m0" } else { "m4" };
    println!("cargo::rustc-link-search={}/{machine}", env!("CARGO_MANIFEST_DIR"));
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    println!("cargo::rerun-if-changed={machine}/memory.x");
}
