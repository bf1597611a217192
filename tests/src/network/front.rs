//! TLS before a server, as an operator puts it there.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, Error, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::Serving;

pub struct Front(Serving);

impl Front {
    /// Before a server, under a name that an authority of its own vouches for; that one's certificate is written to the
    /// file.
    ///
    /// # Panics
    /// Where there is none.
    pub fn before(server: SocketAddr, name: &str, ca_file: &Path) -> Self {
        let made = vouched(name, ca_file);
        let (cert, key) = made.unwrap_or_else(|error| panic!("no certificate: {error}"));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(vec![cert], key));
        let config = config.unwrap_or_else(|error| panic!("no TLS: {error}"));
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self(Serving::with(move |stream| {
            let acceptor = acceptor.clone();
            async move {
                // Whoever does not believe the certificate hangs up here.
                let Ok(mut secure) = acceptor.accept(stream).await else { return };
                let Ok(mut plain) = TcpStream::connect(server).await else { return };
                let _ = copy_bidirectional(&mut secure, &mut plain).await;
            }
        }))
    }

    pub fn address(&self) -> SocketAddr {
        self.0.address
    }
}

type Vouched = (CertificateDer<'static>, PrivateKeyDer<'static>);

fn vouched(name: &str, ca_file: &Path) -> Result<Vouched, Error> {
    let mut authority = CertificateParams::new(Vec::<String>::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate()?;
    let pem = authority.self_signed(&authority_key)?.pem();
    std::fs::write(ca_file, pem).unwrap_or_else(|error| panic!("no file: {error}"));
    let key = KeyPair::generate()?;
    let issuer = Issuer::new(authority, authority_key);
    let cert = CertificateParams::new(vec![name.to_owned()])?.signed_by(&key, &issuer)?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    Ok((cert.into(), key))
}
