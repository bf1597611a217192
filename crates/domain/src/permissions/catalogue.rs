//! The permission catalogue: every right the product knows, and the standard roles that hold it.
//! The catalogue is code, so a name that is not in it does not compile; a name that arrives as text
//! is refused here. No decision is taken in this file.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::row::RowRule;
use super::standard::StandardRole;

/// One holder letter: upper case holds the permission on all rows, lower case on the own rows or
/// those of the own department. `t` is always inside the row rule.
macro_rules! holder {
    (A) => {
        (StandardRole::Admin, RowRule::All)
    };
    (M) => {
        (StandardRole::Manager, RowRule::All)
    };
    (C) => {
        (StandardRole::Accountant, RowRule::All)
    };
    (I) => {
        (StandardRole::InventoryManager, RowRule::All)
    };
    (S) => {
        (StandardRole::Sales, RowRule::All)
    };
    (U) => {
        (StandardRole::User, RowRule::All)
    };
    (c) => {
        (StandardRole::Accountant, RowRule::OwnOrDepartment)
    };
    (i) => {
        (StandardRole::InventoryManager, RowRule::OwnOrDepartment)
    };
    (s) => {
        (StandardRole::Sales, RowRule::OwnOrDepartment)
    };
    (u) => {
        (StandardRole::User, RowRule::OwnOrDepartment)
    };
    (t) => {
        (StandardRole::Technician, RowRule::OwnOrDepartment)
    };
}

macro_rules! catalogue {
    ($($constant:ident = $name:literal [$($holder:ident)*];)*) => {
        /// One right, written `module:entity:action`.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        pub enum Permission {
            $(#[doc = concat!("`", $name, "`")] $constant,)*
        }

        impl Permission {
            /// Every permission, in the order of the catalogue.
            pub const ALL: &'static [Permission] = &[$(Permission::$constant,)*];

            /// The name as it stands in roles, leases and routes: `module:entity:action`.
            pub const fn name(self) -> &'static str {
                match self { $(Permission::$constant => $name,)* }
            }

            /// The standard roles that hold this permission, with the rows they hold it on.
            /// Admin, Manager and so on; what a role inherits is not repeated here.
            pub const fn default_holders(self) -> &'static [(StandardRole, RowRule)] {
                match self { $(Permission::$constant => &[$(holder!($holder),)*],)* }
            }
        }

        impl FromStr for Permission {
            type Err = UnknownPermission;

            fn from_str(text: &str) -> Result<Self, UnknownPermission> {
                match text {
                    $($name => Ok(Permission::$constant),)*
                    _ => Err(UnknownPermission(text.to_owned())),
                }
            }
        }

        #[cfg(test)]
        const CONSTANTS: &[(&str, Permission)] =
            &[$((stringify!($constant), Permission::$constant),)*];
    };
}

catalogue! {
    FINANCE_ACCOUNT_VIEW = "finance:account:view" [A M C I S U];
    FINANCE_ACCOUNT_CREATE = "finance:account:create" [A C];
    FINANCE_ACCOUNT_EDIT = "finance:account:edit" [A C];
    FINANCE_ACCOUNT_DEACTIVATE = "finance:account:deactivate" [A C];
    FINANCE_JOURNAL_VIEW = "finance:journal:view" [A M C];
    FINANCE_JOURNAL_CREATE = "finance:journal:create" [A C];
    FINANCE_JOURNAL_EDIT = "finance:journal:edit" [A C];
    FINANCE_JOURNAL_DELETE = "finance:journal:delete" [A C];
    FINANCE_JOURNAL_POST = "finance:journal:post" [A C];
    FINANCE_JOURNAL_APPROVE = "finance:journal:approve" [A M];
    FINANCE_JOURNAL_REVERSE = "finance:journal:reverse" [A C];
    FINANCE_INVOICE_VIEW = "finance:invoice:view" [A M C I s u];
    FINANCE_INVOICE_CREATE = "finance:invoice:create" [A M C S];
    FINANCE_INVOICE_EDIT = "finance:invoice:edit" [A M C s];
    FINANCE_INVOICE_DELETE = "finance:invoice:delete" [A M C];
    FINANCE_INVOICE_APPROVE = "finance:invoice:approve" [A M];
    FINANCE_INVOICE_POST = "finance:invoice:post" [A C];
    FINANCE_INVOICE_CREDIT = "finance:invoice:credit" [A M C];
    FINANCE_INVOICE_SEND = "finance:invoice:send" [A M C s];
    FINANCE_INVOICE_PRINT = "finance:invoice:print" [A M C s u];
    FINANCE_BILL_VIEW = "finance:bill:view" [A M C I];
    FINANCE_BILL_CREATE = "finance:bill:create" [A M C];
    FINANCE_BILL_EDIT = "finance:bill:edit" [A C];
    FINANCE_BILL_DELETE = "finance:bill:delete" [A C];
    FINANCE_BILL_APPROVE = "finance:bill:approve" [A M];
    FINANCE_BILL_POST = "finance:bill:post" [A C];
    FINANCE_PAYMENT_VIEW = "finance:payment:view" [A M C s];
    FINANCE_PAYMENT_CREATE = "finance:payment:create" [A C];
    FINANCE_PAYMENT_EDIT = "finance:payment:edit" [A C];
    FINANCE_PAYMENT_APPROVE = "finance:payment:approve" [A M];
    FINANCE_PAYMENT_POST = "finance:payment:post" [A C];
    FINANCE_PAYMENT_REVERSE = "finance:payment:reverse" [A C];
    FINANCE_BANK_VIEW = "finance:bank:view" [A M C];
    FINANCE_BANK_EDIT = "finance:bank:edit" [A C];
    FINANCE_BANK_IMPORT = "finance:bank:import" [A C];
    FINANCE_BANK_RECONCILE = "finance:bank:reconcile" [A C];
    FINANCE_PERIOD_VIEW = "finance:period:view" [A M C];
    FINANCE_PERIOD_LOCK = "finance:period:lock" [A C];
    FINANCE_PERIOD_REOPEN = "finance:period:reopen" [A];
    FINANCE_PERIOD_CLOSE_YEAR = "finance:period:close_year" [A C];
    FINANCE_CURRENCY_VIEW = "finance:currency:view" [A M C S];
    FINANCE_CURRENCY_EDIT_RATE = "finance:currency:edit_rate" [A C];
    FINANCE_CURRENCY_REVALUE = "finance:currency:revalue" [A C];
    FINANCE_BUDGET_VIEW = "finance:budget:view" [A M C];
    FINANCE_BUDGET_EDIT = "finance:budget:edit" [A M C];
    FINANCE_ASSET_VIEW = "finance:asset:view" [A M C];
    FINANCE_ASSET_MANAGE = "finance:asset:manage" [A C];
    FINANCE_ASSET_DEPRECIATE = "finance:asset:depreciate" [A C];
    TAX_CODE_VIEW = "tax:code:view" [A M C S I];
    TAX_CODE_EDIT = "tax:code:edit" [A C];
    TAX_RETURN_VIEW = "tax:return:view" [A M C];
    TAX_RETURN_FILE = "tax:return:file" [A C];
    SALES_QUOTATION_VIEW = "sales:quotation:view" [A M C s u];
    SALES_QUOTATION_CREATE = "sales:quotation:create" [A M S];
    SALES_QUOTATION_EDIT = "sales:quotation:edit" [A M s];
    SALES_QUOTATION_DELETE = "sales:quotation:delete" [A M s];
    SALES_QUOTATION_SEND = "sales:quotation:send" [A M s];
    SALES_ORDER_VIEW = "sales:order:view" [A M C I s u];
    SALES_ORDER_CREATE = "sales:order:create" [A M S];
    SALES_ORDER_EDIT = "sales:order:edit" [A M s];
    SALES_ORDER_DELETE = "sales:order:delete" [A M];
    SALES_ORDER_APPROVE = "sales:order:approve" [A M];
    SALES_ORDER_CANCEL = "sales:order:cancel" [A M];
    SALES_DISCOUNT_OVERRIDE = "sales:discount:override" [A M];
    SALES_CREDIT_LIMIT_OVERRIDE = "sales:credit_limit:override" [A M];
    SALES_PRICE_VIEW = "sales:price:view" [A M C I S];
    SALES_PRICE_EDIT = "sales:price:edit" [A M];
    SALES_RETURN_CREATE = "sales:return:create" [A M S];
    PROCUREMENT_REQUISITION_VIEW = "procurement:requisition:view" [A M C I u];
    PROCUREMENT_REQUISITION_CREATE = "procurement:requisition:create" [A M C I S U];
    PROCUREMENT_REQUISITION_APPROVE = "procurement:requisition:approve" [A M];
    PROCUREMENT_ORDER_VIEW = "procurement:order:view" [A M C I];
    PROCUREMENT_ORDER_CREATE = "procurement:order:create" [A M I];
    PROCUREMENT_ORDER_EDIT = "procurement:order:edit" [A M I];
    PROCUREMENT_ORDER_DELETE = "procurement:order:delete" [A M];
    PROCUREMENT_ORDER_APPROVE = "procurement:order:approve" [A M];
    PROCUREMENT_ORDER_CANCEL = "procurement:order:cancel" [A M];
    PROCUREMENT_RECEIPT_VIEW = "procurement:receipt:view" [A M C I];
    PROCUREMENT_RECEIPT_CREATE = "procurement:receipt:create" [A I];
    PROCUREMENT_RECEIPT_POST = "procurement:receipt:post" [A I];
    PROCUREMENT_RETURN_CREATE = "procurement:return:create" [A M I];
    INVENTORY_STOCK_VIEW = "inventory:stock:view" [A M C I S U];
    INVENTORY_MOVEMENT_VIEW = "inventory:movement:view" [A M C I];
    INVENTORY_TRANSFER_CREATE = "inventory:transfer:create" [A M I];
    INVENTORY_TRANSFER_POST = "inventory:transfer:post" [A I];
    INVENTORY_ADJUSTMENT_CREATE = "inventory:adjustment:create" [A I];
    INVENTORY_ADJUSTMENT_APPROVE = "inventory:adjustment:approve" [A M];
    INVENTORY_COUNT_CREATE = "inventory:count:create" [A I];
    INVENTORY_COUNT_POST = "inventory:count:post" [A I];
    INVENTORY_VALUATION_VIEW = "inventory:valuation:view" [A M C];
    INVENTORY_VALUATION_RECOMPUTE = "inventory:valuation:recompute" [A C];
    INVENTORY_BACKDATE_POST = "inventory:backdate:post" [A C];
    INVENTORY_NEGATIVE_ALLOW = "inventory:negative:allow" [A];
    MASTER_CUSTOMER_VIEW = "master:customer:view" [A M C I s u];
    MASTER_CUSTOMER_CREATE = "master:customer:create" [A M S];
    MASTER_CUSTOMER_EDIT = "master:customer:edit" [A M C s];
    MASTER_CUSTOMER_DELETE = "master:customer:delete" [A M];
    MASTER_CUSTOMER_MERGE = "master:customer:merge" [A M];
    MASTER_SUPPLIER_VIEW = "master:supplier:view" [A M C I];
    MASTER_SUPPLIER_CREATE = "master:supplier:create" [A M C I];
    MASTER_SUPPLIER_EDIT = "master:supplier:edit" [A M C I];
    MASTER_SUPPLIER_DELETE = "master:supplier:delete" [A M];
    MASTER_SUPPLIER_APPROVE_BANK = "master:supplier:approve_bank" [A M];
    MASTER_ITEM_VIEW = "master:item:view" [A M C I S U];
    MASTER_ITEM_CREATE = "master:item:create" [A M I];
    MASTER_ITEM_EDIT = "master:item:edit" [A M I];
    MASTER_ITEM_DELETE = "master:item:delete" [A M];
    MASTER_WAREHOUSE_VIEW = "master:warehouse:view" [A M C I S];
    MASTER_WAREHOUSE_MANAGE = "master:warehouse:manage" [A I];
    MASTER_EMPLOYEE_VIEW = "master:employee:view" [A M C];
    MASTER_EMPLOYEE_MANAGE = "master:employee:manage" [A];
    MASTER_REFERENCE_VIEW = "master:reference:view" [A M C I S U];
    MASTER_REFERENCE_MANAGE = "master:reference:manage" [A C];
    MASTER_RECORD_IMPORT = "master:record:import" [A M];
    MASTER_RECORD_EXPORT = "master:record:export" [A M C];
    FIELD_SITE_VIEW = "field:site:view" [A M S u t];
    FIELD_SITE_MANAGE = "field:site:manage" [A M S];
    FIELD_WORKORDER_VIEW = "field:workorder:view" [A M C s u t];
    FIELD_WORKORDER_CREATE = "field:workorder:create" [A M S t];
    FIELD_WORKORDER_ASSIGN = "field:workorder:assign" [A M];
    FIELD_WORKORDER_COMPLETE = "field:workorder:complete" [A M t];
    FIELD_WORKORDER_INVOICE = "field:workorder:invoice" [A M C];
    FIELD_INSPECTION_VIEW = "field:inspection:view" [A M s u t];
    FIELD_INSPECTION_RECORD = "field:inspection:record" [A M t];
    FIELD_INSPECTION_APPROVE = "field:inspection:approve" [A M];
    FIELD_INSPECTION_VOID = "field:inspection:void" [A M];
    FIELD_CERTIFICATE_ISSUE = "field:certificate:issue" [A M t];
    FIELD_TEMPLATE_MANAGE = "field:template:manage" [A];
    REPORT_FINANCIAL_VIEW = "report:financial:view" [A M C];
    REPORT_FINANCIAL_EXPORT = "report:financial:export" [A C];
    REPORT_SALES_VIEW = "report:sales:view" [A M C s];
    REPORT_SALES_EXPORT = "report:sales:export" [A M];
    REPORT_INVENTORY_VIEW = "report:inventory:view" [A M C I];
    REPORT_INVENTORY_EXPORT = "report:inventory:export" [A M I];
    DASHBOARD_COMPANY_VIEW = "dashboard:company:view" [A M C];
    DASHBOARD_OWN_VIEW = "dashboard:own:view" [A M C I S U];
    ADMIN_USER_VIEW = "admin:user:view" [A M];
    ADMIN_USER_INVITE = "admin:user:invite" [A];
    ADMIN_USER_EDIT = "admin:user:edit" [A];
    ADMIN_USER_DISABLE = "admin:user:disable" [A];
    ADMIN_ROLE_VIEW = "admin:role:view" [A M];
    ADMIN_ROLE_MANAGE = "admin:role:manage" [A];
    ADMIN_PERMISSION_ASSIGN = "admin:permission:assign" [A];
    ADMIN_AUDIT_VIEW = "admin:audit:view" [A C];
    ADMIN_SETTINGS_VIEW = "admin:settings:view" [A M C];
    ADMIN_SETTINGS_EDIT = "admin:settings:edit" [A];
    ADMIN_SERIES_MANAGE = "admin:series:manage" [A C];
    ADMIN_EMAIL_CONFIGURE_OWN = "admin:email:configure_own" [A M C I S U];
    ADMIN_EMAIL_CONFIGURE_COMPANY = "admin:email:configure_company" [A];
    ADMIN_BACKUP_VIEW = "admin:backup:view" [A];
    ADMIN_BACKUP_CREATE = "admin:backup:create" [A];
    ADMIN_BACKUP_RESTORE = "admin:backup:restore" [A];
    ADMIN_DATA_EXPORT_ALL = "admin:data:export_all" [A];
    ADMIN_DEVICE_VIEW = "admin:device:view" [A M];
    ADMIN_DEVICE_REVOKE = "admin:device:revoke" [A];
    ADMIN_BILLING_VIEW = "admin:billing:view" [A];
    ADMIN_BILLING_MANAGE = "admin:billing:manage" [A];
    INTEGRATION_WEBHOOK_VIEW = "integration:webhook:view" [A];
    INTEGRATION_WEBHOOK_MANAGE = "integration:webhook:manage" [A];
    INTEGRATION_WEBHOOK_REPLAY = "integration:webhook:replay" [A];
    INTEGRATION_EXTERNAL_ID_MANAGE = "integration:external_id:manage" [A M];
    INTEGRATION_API_KEY_MANAGE = "integration:api_key:manage" [A];
    SYNC_CONFLICT_VIEW = "sync:conflict:view" [A M C I S U];
    SYNC_CONFLICT_RESOLVE = "sync:conflict:resolve" [A M c i s];
    SYNC_DEVICE_ENROL = "sync:device:enrol" [A M C I S U];
}

/// A text that names no permission of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a permission; permissions are written module:entity:action, for instance master:customer:view"
)]
pub struct UnknownPermission(pub String);

impl Permission {
    /// `master` in `master:customer:view`.
    pub fn module(self) -> &'static str {
        self.part(0)
    }

    /// `customer` in `master:customer:view`.
    pub fn entity(self) -> &'static str {
        self.part(1)
    }

    /// `view` in `master:customer:view`.
    pub fn action(self) -> &'static str {
        self.part(2)
    }

    fn part(self, index: usize) -> &'static str {
        self.name().split(':').nth(index).unwrap_or_default()
    }

    /// The permissions that come with this one: `manage` includes every other action on the same
    /// entity; every other action includes nothing.
    pub fn includes(self) -> impl Iterator<Item = Permission> {
        let manages = self.action() == "manage";
        Permission::ALL.iter().copied().filter(move |other| {
            manages
                && *other != self
                && other.module() == self.module()
                && other.entity() == self.entity()
        })
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Permission {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Permission {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
