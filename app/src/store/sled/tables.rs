//! The tables of the embedded store: one sled tree each, with what their keys and rows are.

use super::fault::Fault;

/// A sled tree. Numbers in keys are big-endian, so trees are in the order of their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Table {
    /// Name → counter, layout version, end of the log.
    Meta,
    /// Chunk set, index → up to 4 KiB of a value too large for one row.
    Chunks,
    /// Stream → its number and version.
    Streams,
    /// Position → record.
    Log,
    /// Stream number, version → position.
    StreamLog,
    /// Sequence number → delivery without its body, until it is done.
    Inbox,
    /// Sequence number → body.
    InboxBodies,
    /// Time from which a delivery can be claimed, sequence number → nothing.
    InboxWait,
    /// Sequence number of a delivery whose time came → that time.
    InboxReady,
    /// Delivery id → sequence number; outlives the delivery.
    DeliveryIds,
    /// Arrival of a done delivery, sequence number → delivery id.
    DeliveryAge,
    /// Command id → command without its body.
    Outbox,
    /// Command id → body.
    OutboxBodies,
    /// Stream number, key, command id → nothing.
    OutboxKeys,
    /// Stream number, lane, command id → nothing: who is next in a lane.
    OutboxQueue,
    /// Lane, time from which the command can be claimed, command id → nothing; heads of queues only.
    OutboxWait,
    /// Lane, command id of a head whose time came → that time.
    OutboxReady,
    /// View, key → row.
    Views,
    /// Key → holder, token, end.
    Leases,
}

impl Table {
    /// All tables, in the order of their declaration.
    pub(super) const ALL: [Table; 19] = [
        Table::Meta,
        Table::Chunks,
        Table::Streams,
        Table::Log,
        Table::StreamLog,
        Table::Inbox,
        Table::InboxBodies,
        Table::InboxWait,
        Table::InboxReady,
        Table::DeliveryIds,
        Table::DeliveryAge,
        Table::Outbox,
        Table::OutboxBodies,
        Table::OutboxKeys,
        Table::OutboxQueue,
        Table::OutboxWait,
        Table::OutboxReady,
        Table::Views,
        Table::Leases,
    ];

    /// The tree's name on disk, also the name in messages about damage.
    pub(super) fn name(self) -> &'static str {
        match self {
            Table::Meta => "meta",
            Table::Chunks => "chunks",
            Table::Streams => "streams",
            Table::Log => "log",
            Table::StreamLog => "stream-log",
            Table::Inbox => "inbox",
            Table::InboxBodies => "inbox-bodies",
            Table::InboxWait => "inbox-wait",
            Table::InboxReady => "inbox-ready",
            Table::DeliveryIds => "delivery-ids",
            Table::DeliveryAge => "delivery-age",
            Table::Outbox => "outbox",
            Table::OutboxBodies => "outbox-bodies",
            Table::OutboxKeys => "outbox-keys",
            Table::OutboxQueue => "outbox-queue",
            Table::OutboxWait => "outbox-wait",
            Table::OutboxReady => "outbox-ready",
            Table::Views => "views",
            Table::Leases => "leases",
        }
    }

    /// The table of that name.
    pub(super) fn named(name: &[u8]) -> Option<Table> {
        Table::ALL.into_iter().find(|table| table.name().as_bytes() == name)
    }
}

/// All trees of one open database.
#[derive(Debug, Clone)]
pub(super) struct Tables {
    db: ::sled::Db,
    trees: Vec<::sled::Tree>,
}

impl Tables {
    /// Opens (and creates) every table.
    pub(super) fn open(db: ::sled::Db) -> Result<Self, ::sled::Error> {
        let trees =
            Table::ALL.into_iter().map(|table| db.open_tree(table.name())).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { db, trees })
    }

    /// The database behind the tables.
    pub(super) fn db(&self) -> &::sled::Db {
        &self.db
    }

    /// The tree of one table.
    #[expect(clippy::indexing_slicing, reason = "`open` makes one tree for each of `Table::ALL`, in order")]
    pub(super) fn tree(&self, table: Table) -> &::sled::Tree {
        &self.trees[table as usize]
    }

    /// The first row at or after `from`, as it lies on disk.
    pub(super) fn first(
        &self,
        table: Table,
        from: &[u8],
    ) -> Result<Option<(::sled::IVec, ::sled::IVec)>, Fault> {
        Ok(self.tree(table).range(from..).next().transpose()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_stands_at_its_own_place_under_its_own_name() {
        for (place, table) in Table::ALL.into_iter().enumerate() {
            assert_eq!(table as usize, place);
            assert_eq!(Table::named(table.name().as_bytes()), Some(table));
        }
    }
}
