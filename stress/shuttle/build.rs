//! The build is chosen here and not by the environment: without it the tests would run on ordinary
//! atomics and pass.

fn main() {
    println!("cargo::rustc-cfg=forebay_shuttle");
    println!("cargo::rustc-check-cfg=cfg(forebay_shuttle, forebay_loom)");
    println!("cargo::rerun-if-changed=build.rs");
}
