//! The members of a W3C `tracestate` header.

/// The value of a member: empty when it is missing, `None` when the header is malformed.
pub fn get<'t>(header: &'t str, key: &str) -> Option<&'t str> {
    let mut found = "";
    for member in members(header) {
        let (name, value) = member?;
        if name == key {
            found = value;
        }
    }
    Some(found)
}

/// The header with a member set: it moves to the front. `None` when the header is malformed or the
/// new member would make it so; the reference then changes nothing.
pub fn set(header: &str, key: &str, value: &str) -> Option<String> {
    if !is_key(key) || !is_value(value) {
        return None;
    }
    let mut out = format!("{key}={value}");
    let mut count = 1;
    for member in members(header) {
        let (name, value) = member?;
        if name != key {
            out.push_str(&format!(",{name}={value}"));
            count += 1;
        }
    }
    (count <= MAX_MEMBERS).then_some(out)
}

/// W3C Trace Context, section 3.3.1.1: a header has at most 32 members.
const MAX_MEMBERS: usize = 32;

/// Members in order; `None` in place of the first malformed one.
fn members(header: &str) -> impl Iterator<Item = Option<(&str, &str)>> {
    header
        .split(',')
        .map(|member| member.trim_matches([' ', '\t']))
        .filter(|m| !m.is_empty())
        .map(|member| member.split_once('=').filter(|(key, value)| is_key(key) && is_value(value)))
}

fn is_key(key: &str) -> bool {
    let is_part = |part: &str, length: usize, first: fn(u8) -> bool| {
        (1..=length).contains(&part.len())
            && part.bytes().next().is_some_and(first)
            && part.bytes().all(|byte| {
                byte.is_ascii_lowercase()
                    || byte.is_ascii_digit()
                    || matches!(byte, b'_' | b'-' | b'*' | b'/')
            })
    };
    let letter = |byte: u8| byte.is_ascii_lowercase();
    match key.split_once('@') {
        None => is_part(key, 256, letter),
        Some((tenant, system)) => {
            is_part(tenant, 241, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
                && is_part(system, 14, letter)
        }
    }
}

fn is_value(value: &str) -> bool {
    (1..=256).contains(&value.len())
        && !value.ends_with(' ')
        && value.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b',' | b'='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_and_written() {
        assert_eq!(get("a=1, b=2", "b"), Some("2"));
        assert_eq!(get("a=1", "c"), Some(""));
        assert_eq!(get("broken", "c"), None);
        assert_eq!(set("a=1,b=2", "b", "9").as_deref(), Some("b=9,a=1"));
        assert_eq!(set("", "t@s", "9").as_deref(), Some("t@s=9"));
        assert_eq!(set("a=1", "B", "9"), None);
        assert_eq!(set("a=1", "b", "x,y"), None);
    }
}
