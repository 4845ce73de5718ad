//! Views of manifests: the language's reference, first manifests, differences between texts.

pub mod diff;
pub mod init;
pub mod schema;
