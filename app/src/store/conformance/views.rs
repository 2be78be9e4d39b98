//! What the trait says about views.

use super::Backend;
use crate::store::{Guard, Store, StoreError, View, ViewChange};

fn row(view: View, key: &str, value: Option<&[u8]>) -> ViewChange {
    ViewChange { view, key: key.into(), value: value.map(<[u8]>::to_vec) }
}

pub(in crate::store) async fn views_keep_replace_and_delete_rows(backend: &impl Backend) {
    let store = backend.open().await;
    assert_eq!(store.view(View::Tokens, "k").await.unwrap(), None);
    for value in [&b"one"[..], b"two", b""] {
        store.put_views(vec![row(View::Tokens, "k", Some(value))], vec![]).await.unwrap();
        assert_eq!(store.view(View::Tokens, "k").await.unwrap().as_deref(), Some(value));
    }
    let gone = vec![row(View::Tokens, "k", None), row(View::Tokens, "never", None)];
    store.put_views(gone, vec![]).await.unwrap();
    assert_eq!(store.view(View::Tokens, "k").await.unwrap(), None);
    // The last change of a row counts.
    let twice = vec![row(View::Tokens, "k", Some(b"1")), row(View::Tokens, "k", Some(b"2"))];
    store.put_views(twice, vec![]).await.unwrap();
    assert_eq!(store.view(View::Tokens, "k").await.unwrap().as_deref(), Some(&b"2"[..]));
}

pub(in crate::store) async fn views_are_scanned_by_prefix_in_order_up_to_a_limit(backend: &impl Backend) {
    let store = backend.open().await;
    let keys = ["1/10", "1/2", "1", "10/1", "2/1", "1/ü", "1/\u{10FFFF}"];
    let rows = keys.iter().map(|key| row(View::Subjects, key, Some(key.as_bytes()))).collect();
    store.put_views(rows, vec![]).await.unwrap();
    let scan = async |prefix: &str, limit: usize| -> Vec<String> {
        let rows = store.scan(View::Subjects, prefix, limit).await.unwrap();
        assert!(rows.iter().all(|(key, value)| key.as_bytes() == value));
        rows.into_iter().map(|(key, _)| key).collect()
    };
    assert_eq!(scan("1/", 10).await, ["1/10", "1/2", "1/ü", "1/\u{10FFFF}"]);
    assert_eq!(scan("1/", 2).await, ["1/10", "1/2"]);
    assert_eq!(scan("", 10).await, ["1", "1/10", "1/2", "1/ü", "1/\u{10FFFF}", "10/1", "2/1"]);
    assert_eq!(scan("3", 10).await, [""; 0]);
    assert_eq!(scan("1", 0).await, [""; 0]);
}

pub(in crate::store) async fn views_do_not_see_each_other(backend: &impl Backend) {
    let store = backend.open().await;
    let rows =
        View::ALL.iter().map(|view| row(*view, "same", Some(format!("{view:?}").as_bytes()))).collect();
    store.put_views(rows, vec![]).await.unwrap();
    for view in View::ALL {
        let expected = vec![("same".to_owned(), format!("{view:?}").into_bytes())];
        assert_eq!(store.scan(view, "", 10).await.unwrap(), expected);
    }
}

pub(in crate::store) async fn put_views_checks_its_guards(backend: &impl Backend) {
    let store = backend.open().await;
    let absent = Guard { view: View::Marks, key: "m".into(), expected: None };
    let put = |value: &[u8]| vec![row(View::Marks, "m", Some(value))];
    store.put_views(put(b"1"), vec![absent.clone()]).await.unwrap();
    let refused = store.put_views(put(b"2"), vec![absent]).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
    assert_eq!(store.view(View::Marks, "m").await.unwrap().as_deref(), Some(&b"1"[..]));
    let present = Guard { view: View::Marks, key: "m".into(), expected: Some(b"1".to_vec()) };
    store.put_views(put(b"2"), vec![present]).await.unwrap();
    assert_eq!(store.view(View::Marks, "m").await.unwrap().as_deref(), Some(&b"2"[..]));
}

pub(in crate::store) async fn large_rows_shrink_and_grow(backend: &impl Backend) {
    let store = backend.open().await;
    for size in [100_000, 10, 4096, 200_000, 150_000, 0] {
        let value = vec![b'v'; size];
        store.put_views(vec![row(View::Repositories, "r", Some(&value))], vec![]).await.unwrap();
        assert_eq!(store.view(View::Repositories, "r").await.unwrap(), Some(value.clone()));
        let guard = Guard { view: View::Repositories, key: "r".into(), expected: Some(value) };
        store.put_views(vec![row(View::Marks, "m", Some(b"x"))], vec![guard]).await.unwrap();
    }
    store.put_views(vec![row(View::Repositories, "r", None)], vec![]).await.unwrap();
    assert_eq!(store.scan(View::Repositories, "", 10).await.unwrap(), []);
}
