import WarehouseBasics
@testable import WarehouseModels

/// The project of Scripts/dbt_histories.py, typed.
enum DbtHistories {
    struct Item: Row {
        let id: Expr<Int64?>
        let part: Expr<String?>
        let value: Expr<Int64?>
        let note: Expr<String?>
        let touched: Expr<LocalDateTime?>
    }
    struct Stamped: Row {
        let id: Expr<Int64?>
        let part: Expr<String?>
        let value: Expr<Int64?>
        let note: Expr<String?>
        let stamp: Expr<LocalDateTime?>
        let touched: Expr<LocalDateTime?>

        var item: Item { Item(id: id, part: part, value: value, note: note, touched: touched) }
    }
    enum Items: Source {
        typealias Columns = Stamped
        static let table = "RAW.ITEMS"
    }
    enum Events: Source {
        typealias Columns = Stamped
        static let table = "RAW.EVENTS"
        static var eventTime: PartialKeyPath<Columns>? { \.touched }
    }

    static let resources: [any Resource.Type] = [Items.self, Events.self] + snapshots(of: Ignored.self)
        + snapshots(of: Invalidated.self) + recorded + [
            ByLateStamp.self, Appended.self, Merged.self, MergedByTwo.self, MergedSome.self, MergedBut.self,
            MergedWhere.self, Replaced.self, ReplacedByTwo.self, ReplacedWhere.self, Batched.self,
        ]

    // MARK: Snapshots

    protocol Deletes { static var value: HardDeletes { get } }
    enum Ignored: Deletes { static let value = HardDeletes.ignore }
    enum Invalidated: Deletes { static let value = HardDeletes.invalidate }
    private static let end = LocalDateTime(text: "9999-12-31")
    private static let names = MetaColumns(
        scdID: "version", updatedAt: "stamped", validFrom: "since", validTo: "until", isDeleted: "gone")
    private static var idAndPart: [PartialKeyPath<Item>] { [\.id, \.part] }

    private static func snapshots<D: Deletes>(of deletes: D.Type) -> [any Resource.Type] {
        [ByStamp<D>.self, ByValues<D>.self, ByAll<D>.self, ToEnd<D>.self, Renamed<D>.self]
    }
    private static let recorded: [any Resource.Type] = [
        RecordedByStamp.self, RecordedByValues.self, RecordedByAll.self, RecordedToEnd.self, RecordedRenamed.self,
    ]

    enum ByStamp<D: Deletes>: Snapshot {
        typealias Columns = History<Item>
        static var name: String { "by_stamp_" + D.value.rawValue }
        static var hardDeletes: HardDeletes { D.value }
        static var key: [PartialKeyPath<Item>] { [\.id] }
        static var strategy: SnapshotStrategy<Item> { .timestamp(\.touched) }
        static func query(_ q: inout Query) -> Item { q.from(Items.self).item }
    }
    enum ByValues<D: Deletes>: Snapshot {
        typealias Columns = History<Item>
        static var name: String { "by_values_" + D.value.rawValue }
        static var hardDeletes: HardDeletes { D.value }
        static var key: [PartialKeyPath<Item>] { [\.id] }
        static var strategy: SnapshotStrategy<Item> { .check([\.value, \.note]) }
        static func query(_ q: inout Query) -> Item { q.from(Items.self).item }
    }
    enum ByAll<D: Deletes>: Snapshot {
        typealias Columns = History<Item>
        static var name: String { "by_all_" + D.value.rawValue }
        static var hardDeletes: HardDeletes { D.value }
        static var key: [PartialKeyPath<Item>] { idAndPart }
        static var strategy: SnapshotStrategy<Item> { .checkAll(updatedAt: \.touched) }
        static func query(_ q: inout Query) -> Item { q.from(Items.self).item }
    }
    enum ToEnd<D: Deletes>: Snapshot {
        typealias Columns = History<Item>
        static var name: String { "to_end_" + D.value.rawValue }
        static var hardDeletes: HardDeletes { D.value }
        static var validToCurrent: LocalDateTime? { end }
        static var key: [PartialKeyPath<Item>] { idAndPart }
        static var strategy: SnapshotStrategy<Item> { .timestamp(\.touched) }
        static func query(_ q: inout Query) -> Item { q.from(Items.self).item }
    }
    enum Renamed<D: Deletes>: Snapshot {
        typealias Columns = History<Item>
        static var name: String { "renamed_" + D.value.rawValue }
        static var hardDeletes: HardDeletes { D.value }
        static var validToCurrent: LocalDateTime? { end }
        static var metaColumns: MetaColumns { names }
        static var key: [PartialKeyPath<Item>] { [\.id] }
        static var strategy: SnapshotStrategy<Item> { .check([\.value]) }
        static func query(_ q: inout Query) -> Item { q.from(Items.self).item }
    }

    enum RecordedByStamp: Snapshot {
        typealias Columns = DeletionHistory<Item>
        static let name = "by_stamp_new_record"
        static let hardDeletes = HardDeletes.newRecord
        static var key: [PartialKeyPath<Item>] { [\.id] }
        static var strategy: SnapshotStrategy<Item> { .timestamp(\.touched) }
        static func query(_ q: inout Query) -> Item { q.from(Items.self).item }
    }
    enum RecordedByValues: Snapshot {
        typealias Columns = DeletionHistory<Item>
        static let name = "by_values_new_record"
        static let hardDeletes = HardDeletes.newRecord
        static var key: [PartialKeyPath<Item>] { [\.id] }
        static var strategy: SnapshotStrategy<Item> { .check([\.value, \.note]) }
        static func query(_ q: inout Query) -> Item { q.from(Items.self).item }
    }
    enum RecordedByAll: Snapshot {
        typealias Columns = DeletionHistory<Item>
        static let name = "by_all_new_record"
        static let hardDeletes = HardDeletes.newRecord
        static var key: [PartialKeyPath<Item>] { idAndPart }
        static var strategy: SnapshotStrategy<Item> { .checkAll(updatedAt: \.touched) }
        static func query(_ q: inout Query) -> Item { q.from(Items.self).item }
    }
    enum RecordedToEnd: Snapshot {
        typealias Columns = DeletionHistory<Item>
        static let name = "to_end_new_record"
        static let hardDeletes = HardDeletes.newRecord
        static var validToCurrent: LocalDateTime? { end }
        static var key: [PartialKeyPath<Item>] { idAndPart }
        static var strategy: SnapshotStrategy<Item> { .timestamp(\.touched) }
        static func query(_ q: inout Query) -> Item { q.from(Items.self).item }
    }
    enum RecordedRenamed: Snapshot {
        typealias Columns = DeletionHistory<Item>
        static let name = "renamed_new_record"
        static let hardDeletes = HardDeletes.newRecord
        static var validToCurrent: LocalDateTime? { end }
        static var metaColumns: MetaColumns { names }
        static var key: [PartialKeyPath<Item>] { [\.id] }
        static var strategy: SnapshotStrategy<Item> { .check([\.value]) }
        static func query(_ q: inout Query) -> Item { q.from(Items.self).item }
    }
    enum ByLateStamp: Snapshot {
        typealias Columns = History<Stamped>
        static var key: [PartialKeyPath<Stamped>] { [\.id] }
        static var strategy: SnapshotStrategy<Stamped> { .timestamp(\.stamp) }
        static func query(_ q: inout Query) -> Stamped { q.from(Items.self) }
    }

    // MARK: Incremental models

    private static func newer<M: Model>(_ q: inout Query, than model: M.Type) -> Item where M.Columns == Item {
        let events = q.from(Events.self)
        q.whenIncremental(model, skipsLateRows: true) { this in events.touched > max(this.touched) }
        return events.item
    }

    enum Appended: Model {
        typealias Columns = Item
        static var materialized: Materialization<Item> { .incremental(.append) }
        static func query(_ q: inout Query) -> Item { newer(&q, than: Self.self) }
    }
    enum Merged: Model {
        typealias Columns = Item
        static var materialized: Materialization<Item> { .incremental(.merge(on: [\.id])) }
        static func query(_ q: inout Query) -> Item { newer(&q, than: Self.self) }
    }
    enum MergedByTwo: Model {
        typealias Columns = Item
        static var materialized: Materialization<Item> { .incremental(.merge(on: [\.id, \.part])) }
        static func query(_ q: inout Query) -> Item { q.from(Events.self).item }
    }
    enum MergedSome: Model {
        typealias Columns = Item
        static var materialized: Materialization<Item> { .incremental(.merge(on: [\.id], updating: .only([\.value]))) }
        static func query(_ q: inout Query) -> Item { q.from(Events.self).item }
    }
    enum MergedBut: Model {
        typealias Columns = Item
        static var materialized: Materialization<Item> {
            .incremental(.merge(on: [\.id], updating: .except([\.value, \.note])))
        }
        static func query(_ q: inout Query) -> Item { q.from(Events.self).item }
    }
    enum MergedWhere: Model {
        typealias Columns = Item
        static var materialized: Materialization<Item> { .incremental(.merge(on: [\.id])) }
        static func incrementalPredicate(_ existing: Item) -> Predicate? { existing.value >= 5 }
        static func query(_ q: inout Query) -> Item { q.from(Events.self).item }
    }
    enum Replaced: Model {
        typealias Columns = Item
        static var materialized: Materialization<Item> { .incremental(.deleteInsert(on: [\.id])) }
        static func query(_ q: inout Query) -> Item { q.from(Events.self).item }
    }
    enum ReplacedByTwo: Model {
        typealias Columns = Item
        static var materialized: Materialization<Item> { .incremental(.deleteInsert(on: [\.part, \.value])) }
        static func query(_ q: inout Query) -> Item { newer(&q, than: Self.self) }
    }
    enum ReplacedWhere: Model {
        typealias Columns = Item
        static var materialized: Materialization<Item> { .incremental(.deleteInsert(on: [\.part])) }
        static func incrementalPredicate(_ existing: Item) -> Predicate? { existing.value >= 5 }
        static func query(_ q: inout Query) -> Item { q.from(Events.self).item }
    }
    enum Batched: Model {
        typealias Columns = Item
        static var eventTime: PartialKeyPath<Item>? { \.touched }
        static var materialized: Materialization<Item> {
            .incremental(.microbatch(begin: Day(daysSinceEpoch: 20_454), size: .day))  // 2026-01-01
        }
        static func query(_ q: inout Query) -> Item { q.from(Events.self).item }
    }

    // MARK: Models whose columns change

    protocol Shape {
        associatedtype Columns: Row
        static var id: PartialKeyPath<Columns> { get }
        static func columns(_ row: Stamped) -> Columns
    }
    enum Values: Shape {
        struct Columns: Row { let id: Expr<Int64?>; let value: Expr<Int64?>; let note: Expr<String?> }
        static var id: PartialKeyPath<Columns> { \.id }
        static func columns(_ row: Stamped) -> Columns { Columns(id: row.id, value: row.value, note: row.note) }
    }
    enum Parts: Shape {
        struct Columns: Row { let id: Expr<Int64?>; let note: Expr<String?>; let part: Expr<String?> }
        static var id: PartialKeyPath<Columns> { \.id }
        static func columns(_ row: Stamped) -> Columns { Columns(id: row.id, note: row.note, part: row.part) }
    }
    enum Whole: Shape {
        struct Columns: Row {
            let id: Expr<Int64?>; let part: Expr<String?>; let value: Expr<Int64?>; let note: Expr<String?>
        }
        static var id: PartialKeyPath<Columns> { \.id }
        static func columns(_ row: Stamped) -> Columns {
            Columns(id: row.id, part: row.part, value: row.value, note: row.note)
        }
    }

    protocol Change {
        static var name: String { get }
        static var onSchemaChange: OnSchemaChange { get }
        static func strategy<C: Row>(_ id: PartialKeyPath<C>) -> IncrementalStrategy<C>
    }
    enum AppendedIgnoring: Change {
        static let name = "appended_ignoring", onSchemaChange = OnSchemaChange.ignore
        static func strategy<C: Row>(_ id: PartialKeyPath<C>) -> IncrementalStrategy<C> { .append }
    }
    enum AppendedFailing: Change {
        static let name = "appended_failing", onSchemaChange = OnSchemaChange.fail
        static func strategy<C: Row>(_ id: PartialKeyPath<C>) -> IncrementalStrategy<C> { .append }
    }
    enum AppendedGrowing: Change {
        static let name = "appended_growing", onSchemaChange = OnSchemaChange.appendNewColumns
        static func strategy<C: Row>(_ id: PartialKeyPath<C>) -> IncrementalStrategy<C> { .append }
    }
    enum AppendedSynced: Change {
        static let name = "appended_synced", onSchemaChange = OnSchemaChange.syncAllColumns
        static func strategy<C: Row>(_ id: PartialKeyPath<C>) -> IncrementalStrategy<C> { .append }
    }
    enum MergedGrowing: Change {
        static let name = "merged_growing", onSchemaChange = OnSchemaChange.appendNewColumns
        static func strategy<C: Row>(_ id: PartialKeyPath<C>) -> IncrementalStrategy<C> { .merge(on: [id]) }
    }
    enum ReplacedSynced: Change {
        static let name = "replaced_synced", onSchemaChange = OnSchemaChange.syncAllColumns
        static func strategy<C: Row>(_ id: PartialKeyPath<C>) -> IncrementalStrategy<C> { .deleteInsert(on: [id]) }
    }
    enum Changing<S: Shape, C: Change>: Model {
        typealias Columns = S.Columns
        static var name: String { C.name }
        static var materialized: Materialization<Columns> {
            .incremental(C.strategy(S.id), onSchemaChange: C.onSchemaChange)
        }
        static func query(_ q: inout Query) -> Columns {
            let events = q.from(Events.self)
            q.filter(events.value.isNotNull || events.note.isNotNull)
            return S.columns(events)
        }
    }

    private static func changing<S: Shape>(_ shape: S.Type) -> [any Resource.Type] {
        [Changing<S, AppendedIgnoring>.self, Changing<S, AppendedFailing>.self, Changing<S, AppendedGrowing>.self,
         Changing<S, AppendedSynced>.self, Changing<S, MergedGrowing>.self, Changing<S, ReplacedSynced>.self]
    }

    /// The models whose columns differ from day to day.
    static func changing(day: Int) -> [any Resource.Type] {
        switch day % 3 {
        case 0: changing(Values.self)
        case 1: changing(Parts.self)
        default: changing(Whole.self)
        }
    }
}
