//! The mark on a pane that names its owner, wherever a person may have moved it.

use data_encoding::BASE64URL_NOPAD;

use super::Address;

/// The mark of a layout's panes: `v1.LAYOUT.MANIFEST`, each a hash. The session's tags hold the names;
/// a pane only has to be distinguished from those of others.
pub fn owner_key(layout: &str, manifest: &str) -> String {
    format!("{}{}", of_name(layout), short_hash(manifest))
}

/// Whether a mark belongs to a layout of this name, with any manifest.
pub fn is_key_of(key: &str, layout: &str) -> bool {
    key.starts_with(&of_name(layout))
}

/// The file name of a pane's notify socket in `SOCKET.triad-notify/` beside tmux's own socket. It is
/// short, because paths of sockets have to be, and the same for each start of the pane.
pub fn notify_name(owner_key: &str, pane: &Address) -> String {
    let hash = blake3::hash(format!("{owner_key}\0{pane}").as_bytes());
    BASE64URL_NOPAD.encode(&hash.as_bytes()[..9])
}

/// The suffix of the folder of those sockets, after the name of tmux's own socket.
pub const NOTIFY_FOLDER: &str = ".triad-notify";

/// Four hexadecimal digits that distinguish texts which would get the same name.
pub fn fingerprint(text: &str) -> String {
    let hash = blake3::hash(text.as_bytes());
    let [first, second, ..] = *hash.as_bytes();
    format!("{first:02x}{second:02x}")
}

fn of_name(layout: &str) -> String {
    format!("v1.{}.", short_hash(layout))
}

fn short_hash(text: &str) -> String {
    BASE64URL_NOPAD.encode(&blake3::hash(text.as_bytes()).as_bytes()[..9])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_layouts_and_manifests_apart() {
        // Marks on live panes have to stay readable in every release.
        assert_eq!(owner_key("a", "/a.kdl"), "v1.F3Yv3dlppFOS.cAg8uze07HPw");
        assert!(is_key_of(&owner_key("a", "/a.kdl"), "a"));
        assert!(!is_key_of(&owner_key("ab", "/a.kdl"), "a"));
        assert_ne!(owner_key("a", "/a.kdl"), owner_key("a", "/b.kdl"));
    }

    #[test]
    fn a_pane_speaks_to_the_same_socket_in_every_release() {
        let pane = |address: &str| address.parse().expect("an address");
        assert_eq!(notify_name("v1.a.b", &pane("s/w/p")), "yFhci6yaAkLc");
        assert_ne!(
            notify_name("v1.a.b", &pane("s/w/p")),
            notify_name("v1.a.c", &pane("s/w/p"))
        );
    }
}
