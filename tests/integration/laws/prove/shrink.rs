//! Shortens a list as long as a failure is still visible.

/// Returns the shortest list found for which `is_seen` holds, within that many attempts.
pub fn shrunk<T: Clone>(
    list: &[T],
    attempts: &mut usize,
    mut is_seen: impl FnMut(&[T]) -> bool,
) -> Vec<T> {
    let mut list = list.to_vec();
    let mut length = list.len().div_ceil(2);
    while length > 0 {
        let mut at = 0;
        let mut is_shorter = false;
        while at < list.len() && *attempts > 0 {
            let end = (at + length).min(list.len());
            let rest = [&list[..at], &list[end..]].concat();
            *attempts -= 1;
            if is_seen(&rest) {
                list = rest;
                is_shorter = true;
            } else {
                at = end;
            }
        }
        if !is_shorter || length > 1 {
            length /= 2;
        }
    }
    list
}

#[test]
fn irrelevant_parts_are_left_out() {
    let list: Vec<u32> = (0..40).collect();
    let is_seen = |list: &[u32]| list.contains(&7) && list.contains(&31);
    assert_eq!(shrunk(&list, &mut 1000, is_seen), [7, 31]);
    assert_eq!(shrunk(&list, &mut 0, is_seen), list);
}
