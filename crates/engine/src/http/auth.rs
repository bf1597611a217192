//! Signing in, staying signed in, signing out, as requests.

use sync_protocol::auth::{
    AcceptReply, AcceptRequest, LoginReply, LoginRequest, RefreshReply, RefreshRequest,
    WipedRequest,
};

use super::{HttpError, Hub};

impl Hub {
    /// # Errors
    /// `Unauthorized` for a wrong password, an unknown account and an unknown tenant alike.
    pub async fn login(&self, request: &LoginRequest) -> Result<LoginReply, HttpError> {
        self.json("api/v1/auth/login", None, request).await
    }

    /// # Errors
    /// `Refused` for a link that is used or too old, and for a password that the hub does not take.
    pub async fn accept(&self, request: &AcceptRequest) -> Result<AcceptReply, HttpError> {
        self.json("api/v1/auth/invitation/accept", None, request).await
    }

    /// Exchanges a refresh token. A lost reply is forgiven by the hub once, so the same token is sent
    /// a second time.
    ///
    /// # Errors
    /// `Unauthorized` where the session has ended.
    pub async fn refresh(&self, request: &RefreshRequest) -> Result<RefreshReply, HttpError> {
        match self.json("api/v1/auth/refresh", None, request).await {
            Err(HttpError::Unreachable { .. } | HttpError::Unreadable(_)) => {
                self.json("api/v1/auth/refresh", None, request).await
            }
            answer => answer,
        }
    }

    /// # Errors
    /// Where the hub was not told.
    pub async fn logout(&self, token: &str) -> Result<(), HttpError> {
        self.told("api/v1/auth/logout", Some(token), &serde_json::json!({})).await
    }

    /// # Errors
    /// `Unauthorized` where the hub did not order it.
    pub async fn wiped(&self, request: &WipedRequest) -> Result<(), HttpError> {
        self.told("api/v1/auth/device/wiped", None, request).await
    }
}
