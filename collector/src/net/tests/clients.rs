//! How clients find their servers: all addresses of a name, proxies, sockets of this machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::HeaderMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::net::compression::Encoding;
use crate::net::grpc::client::{Balancer, CallOptions, Channel, ChannelOptions, Target};
use crate::net::otlp::export_method;
use crate::net::proxy::Proxy;
use crate::net::status::{Code, Status};
use crate::testing::{Backend, until};

fn channel(host: &str, port: u16, balancer: Balancer, proxy: Option<Proxy>) -> Channel {
    Channel::new(ChannelOptions {
        target: Target::Tcp { host: host.to_owned(), port },
        authority: "localhost".parse().unwrap(),
        tls: None,
        keepalive: None,
        max_message_size: 1 << 20,
        balancer,
        proxy,
        metrics: crate::net::NetworkMetrics::default(),
    })
}

async fn call(channel: &Channel, wait_for_ready: bool) -> Result<Bytes, Status> {
    let method = channel.method(export_method(holt_pdata::Signal::Traces)).unwrap();
    let options = CallOptions { encoding: Encoding::Identity, timeout: None, wait_for_ready };
    channel.call(&method, &HeaderMap::new(), Bytes::new(), options).await
}

fn port(address: &str) -> u16 {
    address.rsplit(':').next().unwrap().parse().unwrap()
}

/// Backends on both addresses of `localhost`, on one port; `None` where there is but one address.
async fn two() -> Option<(Backend, Backend, u16)> {
    let both = tokio::net::lookup_host(("localhost", 1)).await.ok()?.count() > 1;
    if !both {
        return None;
    }
    for _ in 0..20 {
        let first = Backend::start([]).await;
        let port = port(&first.address);
        if TcpListener::bind(("::1", port)).await.is_ok() {
            return Some((first, Backend::start_at(&format!("[::1]:{port}"), []).await, port));
        }
    }
    None
}

#[tokio::test]
async fn calls_are_spread_over_all_addresses_and_go_round_one_that_is_gone() {
    let Some((first, second, port)) = two().await else { return };
    let channel = channel("localhost", port, Balancer::RoundRobin, None);
    until(async || {
        call(&channel, false).await.unwrap();
        first.calls() > 0 && second.calls() > 0
    })
    .await;
    let before = (first.calls(), second.calls());
    for _ in 0..10 {
        call(&channel, false).await.unwrap();
    }
    assert_eq!((first.calls(), second.calls()), (before.0 + 5, before.1 + 5));
    drop(second);
    let mut lost = 0;
    for _ in 0..20 {
        lost += usize::from(call(&channel, false).await.is_err());
    }
    // Only a call that was under way can be lost.
    assert!(lost < 2, "{lost}");
    let address = format!("[::1]:{port}");
    let second = Backend::start_at(&address, []).await;
    until(async || {
        call(&channel, false).await.unwrap();
        second.calls() > 0
    })
    .await;
}

#[tokio::test]
async fn the_first_address_can_be_enough() {
    let Some((first, second, port)) = two().await else { return };
    let channel = channel("localhost", port, Balancer::PickFirst, None);
    for _ in 0..6 {
        call(&channel, false).await.unwrap();
    }
    let mut calls = [first.calls(), second.calls()];
    calls.sort_unstable();
    assert_eq!(calls, [0, 6]);
}

#[tokio::test]
async fn a_call_can_wait_for_a_server_that_is_not_there_yet() {
    let backend = Backend::start([]).await;
    let address = backend.address.clone();
    drop(backend);
    let channel = Arc::new(channel("127.0.0.1", port(&address), Balancer::RoundRobin, None));
    until(async || call(&channel, false).await.is_err()).await;
    let waiting = {
        let channel = channel.clone();
        tokio::spawn(async move { call(&channel, true).await })
    };
    let backend = Backend::start_at(&address, []).await;
    waiting.await.unwrap().unwrap();
    assert_eq!(backend.calls(), 1);
}

/// A proxy that takes connections to `gateway.example:4317` to `backend`, and nothing else.
async fn proxy(backend: String) -> (Proxy, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = Arc::new(AtomicUsize::new(0));
    let count = served.clone();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(client.read_u8().await.unwrap());
            }
            let head = String::from_utf8(head).unwrap();
            let known = head.starts_with("CONNECT gateway.example:4317 HTTP/1.1\r\n")
                && head.contains("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n");
            if !known {
                client.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").await.unwrap();
                continue;
            }
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
            count.fetch_add(1, Ordering::Relaxed);
            let mut backend = TcpStream::connect(&backend).await.unwrap();
            tokio::spawn(async move {
                let _ = tokio::io::copy_bidirectional(&mut client, &mut backend).await;
            });
        }
    });
    (Proxy::parse(&format!("http://me:secret@{address}")).unwrap(), served)
}

#[tokio::test]
async fn calls_go_through_a_proxy() {
    let backend = Backend::start([]).await;
    let (proxy, served) = proxy(backend.address.clone()).await;
    let through = channel("gateway.example", 4317, Balancer::RoundRobin, Some(proxy.clone()));
    call(&through, false).await.unwrap();
    call(&through, false).await.unwrap();
    assert_eq!((backend.calls(), served.load(Ordering::Relaxed)), (2, 1));
    let refused = channel("other.example", 4317, Balancer::RoundRobin, Some(proxy));
    let status = call(&refused, false).await.unwrap_err();
    assert_eq!(status.code, Code::Unavailable);
    assert!(status.message.contains("it answers `HTTP/1.1 403 Forbidden`"), "{status}");
}
