import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// ALTER TABLE, SCHEMA and DATABASE … SWAP WITH: two renames as one. Each of the two takes the other's name and place, and
/// all that is in it and granted on it goes along.
enum SwapExecution {
    /// Writes both.
    static func run(_ entry: CatalogEntry, with reference: ObjectReference, _ transaction: WriteTransaction,
                    _ run: StatementRun) throws {
        var one = entry, other = try ObjectFinder.require(entry.kind, reference, run)
        guard one.kind == other.kind else {
            throw WarehouseError(
                .objectNotFound, "SQL compilation error:\nObject found is of type '\(other.kind.title.uppercased())', not "
                    + "specified type '\(one.kind.title.uppercased())'.", span: reference.span)
        }
        // What only one session sees would hide the other, or come to light.
        guard one.temporarySession == other.temporarySession else {
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\nA temporary table cannot be swapped with one that is not: "
                    + "'\(one.name)' and '\(other.name)'.", span: reference.span)
        }
        guard one.id != other.id else { return }
        if one.kind == .table, one.parent != other.parent {
            one.columns = try TableColumns.moved(from: one, run)
            other.columns = try TableColumns.moved(from: other, run)
        }
        (one.name, other.name) = (other.name, one.name)
        (one.parent, other.parent) = (other.parent, one.parent)
        let catalog = try run.catalog()
        for var moved in [one, other] {
            // A database keeps its roles; what goes to another loses those of the one that it leaves.
            if moved.kind != .database {
                let holder = moved.parent.flatMap { catalog.entries[$0] }
                try catalog.release(&moved, to: holder.flatMap(catalog.database), heir: run.state.role, transaction)
            }
            moved.alteredAt = run.timestamp
            try transaction.put(moved)
        }
        let swapped = try run.catalog()
        for moved in [one, other] {
            if moved.kind == .table {
                try transaction.setRetention(moved.id, seconds: swapped.retentionSeconds(of: moved))
            } else {
                try swapped.updateRetention(below: moved, transaction)
            }
        }
    }
}
