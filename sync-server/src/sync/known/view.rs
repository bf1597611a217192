//! How the judge looks at what is known. Whatever is not known is noted, and never guessed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use domain::attention::ATTENTION;
use domain::permissions::{Grants, Permission};
use domain::record::{EntityDef, Found, Lookup, OwnFields, Record, Unique, Value};
use sync_protocol::judge::{Held, HubView};
use sync_protocol::receipt::Receipt;
use uuid::Uuid;

use super::{Key, Known, peer_text};

/// An op is mended at the end of the chain: however often that happens, it is not more often than this.
const MENDS_MAX: usize = 64;

impl Lookup for Known {
    fn record(&self, entity: &'static EntityDef, id: Uuid) -> Found<Cow<'_, Record>> {
        match self.records.get(&(entity.name, id)) {
            Some(Some(record)) => Found::Yes(Cow::Borrowed(record)),
            Some(None) => Found::No,
            None => {
                self.lacking().want_record(entity, id);
                Found::CannotTell
            }
        }
    }

    fn user(&self, id: Uuid) -> Found<()> {
        match self.users.get(&id) {
            Some(true) => Found::Yes(()),
            Some(false) => Found::No,
            None => {
                self.lacking().users.insert(id);
                Found::CannotTell
            }
        }
    }

    fn own_fields(&self) -> Cow<'_, OwnFields> {
        Cow::Borrowed(&self.own_fields)
    }

    fn has_given_numbers(&self, series: Uuid) -> Found<()> {
        match self.series.get(&series) {
            Some(true) => Found::Yes(()),
            Some(false) => Found::No,
            None => {
                self.lacking().series.insert(series);
                Found::CannotTell
            }
        }
    }

    fn holder(
        &self,
        entity: &'static EntityDef,
        field: &str,
        company: Option<Uuid>,
        folded: &str,
        except: Uuid,
    ) -> Found<Uuid> {
        let Some(field) = entity.field(field) else { return Found::No };
        if field.unique == Unique::Company && company.is_none() {
            return Found::No; // unique within a company: without one there is nothing to be unique in
        }
        let value = (entity.name, field.name, company, folded.to_owned());
        match self.holders.get(&value) {
            Some(Some(holder)) if *holder != except => Found::Yes(*holder),
            Some(_) => Found::No,
            None => {
                self.lacking().holders.insert(value);
                Found::CannotTell
            }
        }
    }

    fn peers(
        &self,
        entity: &'static EntityDef,
        field: &'static str,
        value: &Value,
    ) -> Found<Vec<Cow<'_, Record>>> {
        let Some(text) = peer_text(value) else { return Found::Yes(Vec::new()) };
        let key = (entity.name, field, text);
        let Some(ids) = self.peers.get(&key) else {
            self.lacking().peers.insert(key);
            return Found::CannotTell;
        };
        let mut peers = Vec::with_capacity(ids.len());
        let mut all_known = true;
        for id in ids {
            match self.record(entity, *id) {
                Found::Yes(record) => peers.push(record),
                Found::No => {}
                Found::CannotTell => all_known = false,
            }
        }
        peers.sort_by_key(|record| record.id());
        if all_known { Found::Yes(peers) } else { Found::CannotTell }
    }
}

impl HubView for Known {
    fn referrers(&self, target: &'static EntityDef, id: Uuid) -> Found<Vec<Cow<'_, Record>>> {
        let key = (target.name, id);
        let Some(stored) = self.referrers.get(&key) else {
            self.lacking().referrers.insert(key);
            return Found::CannotTell;
        };
        // Those of the store, and those that were judged to refer to it since.
        let all = stored.iter().filter_map(|key| self.get(key)).chain(self.records());
        let referring = all.filter(|record| record.refers_to(target, id));
        let by_key: BTreeMap<Key, &Record> =
            referring.map(|record| ((record.entity().name, record.id()), record)).collect();
        Found::Yes(by_key.into_values().map(Cow::Borrowed).collect())
    }

    fn receipt(&self, op_id: Uuid) -> Option<Receipt> {
        self.settled(op_id, MENDS_MAX).cloned()
    }

    fn number_holder(&self, entity: &'static EntityDef, folded: &str) -> Found<Uuid> {
        let code = (entity.name, folded.to_owned());
        match self.codes.get(&code) {
            Some(Some(holding)) => Found::Yes(holding.device),
            Some(None) => Found::No,
            None => {
                self.lacking().codes.insert(code);
                Found::CannotTell
            }
        }
    }

    fn others_hold(&self, permission: Permission, user: Uuid) -> bool {
        let Some(staff) = &self.staff else {
            self.lacking().staff = true;
            return true;
        };
        staff.iter().any(|(holder, it)| *holder != user && it.grants.holds(permission))
    }

    fn grants_of(&self, user: Uuid) -> Found<Cow<'_, Grants>> {
        let Some(staff) = &self.staff else {
            self.lacking().staff = true;
            return Found::CannotTell;
        };
        staff.get(&user).map_or(Found::No, |it| Found::Yes(Cow::Borrowed(&it.grants)))
    }

    fn staff(&self) -> Found<Vec<Uuid>> {
        let Some(staff) = &self.staff else {
            self.lacking().staff = true;
            return Found::CannotTell;
        };
        let mut everyone: Vec<Uuid> = staff.keys().copied().collect();
        everyone.sort_unstable();
        Found::Yes(everyone)
    }

    fn deciding_role(&self, user: Uuid) -> Option<String> {
        self.staff.as_ref()?.get(&user)?.deciding_role.clone()
    }

    fn held(&self, op_id: Uuid) -> Found<Held<'_>> {
        let Some(held) = self.held.get(&op_id) else { return Found::No };
        let items = held.items.iter().filter_map(|id| self.get(&(ATTENTION.name, *id)));
        let open = items.filter(|item| !item.is_retired()).map(Cow::Borrowed);
        Found::Yes(Held {
            op: Cow::Borrowed(&held.op),
            user: held.user,
            device: held.device,
            received_at: held.received_at,
            is_decided: held.is_decided,
            items: open.collect(),
        })
    }
}

impl Known {
    /// The answer to an op, or to the op that mended it.
    fn settled(&self, op: Uuid, depth: usize) -> Option<&Receipt> {
        let own = self.receipts.get(&op);
        if own.is_some_and(Receipt::has_effect) || depth == 0 {
            return own;
        }
        let mends = self.mended_by.get(&op).into_iter().flatten();
        let mut mended = mends.filter_map(|mend| self.settled(*mend, depth - 1));
        mended.find(|receipt| receipt.has_effect()).or(own)
    }
}
