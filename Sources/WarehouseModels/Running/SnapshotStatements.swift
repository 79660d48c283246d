import WarehouseBasics
import WarehouseSQL

/// The statements of a snapshot at one moment.
///
/// The MERGE's source tags each row with what is to be done:
/// ```
/// source   the query, with stamp and hash                 live     versions of the table that are open
/// insert   rows of source whose key is not live, or whose live version differs
/// update   the live versions that differ, with the time that closes them
/// delete   the live versions whose key the source lacks   (hard deletes)
/// ```
struct SnapshotStatements {
    static let changeType = "DBT_CHANGE_TYPE"

    private let snapshot: SnapshotContent
    private let table: ObjectReference
    private let query: WarehouseSQL.Query
    /// Columns that the query gives.
    private let columns: [ColumnSchema]
    /// Columns that the table has or is given, without dbt's own.
    private let history: [String]
    /// Columns that the query gives and the table did not have.
    private let added: Set<String>
    private let meta: HistoryNames
    /// The snapshot's clock as a constant of the stamp's type.
    private let now: Expression

    init(
        _ snapshot: SnapshotContent, _ table: ObjectReference, _ query: WarehouseSQL.Query, columns: [ColumnSchema],
        history: [String], now: Int128, added: [String] = []
    ) {
        self.snapshot = snapshot
        self.table = table
        self.query = query
        self.columns = columns
        self.history = history
        self.added = Set(added)
        meta = HistoryNames(snapshot)
        let stamp = snapshot.stampColumn.flatMap { name in columns.first { $0.name == name }?.type }
        self.now = SnapshotStatements.clock(now, as: stamp)
    }

    /// The clock in UTC without a zone, as dbt has it; where the stamp knows its point of time, so does the clock.
    private static func clock(_ now: Int128, as type: LogicalType?) -> Expression {
        switch type {
        case .timestampLTZ: Instant.literal(Instant(nanoseconds: now))
        case .timestampTZ: OffsetDateTime.literal(OffsetDateTime(nanoseconds: now, offsetMinutes: 0))
        case .date: Day.literal(Day(daysSinceEpoch: DayTicks(ticks: now, scale: 9).day))
        default: LocalDateTime.literal(LocalDateTime(nanoseconds: now))
        }
    }

    // MARK: Pieces

    /// Whether a version with this DBT_VALID_TO still holds.
    private func isOpen(_ validTo: Expression) -> Expression {
        let isNull = SyntaxTree.isNull(validTo)
        guard let end = snapshot.validToCurrent else { return isNull }
        return SyntaxTree.logical(.or, [isNull, SyntaxTree.binary(.equal, validTo, LocalDateTime.literal(end))]) ?? isNull
    }

    /// DBT_VALID_TO of a version that holds: NULL of the stamp's type, or what stands in its place.
    private func untilNow(_ stamp: Expression) -> Expression {
        let null = SyntaxTree.call("NULLIF", stamp, stamp)
        return snapshot.validToCurrent.map { SyntaxTree.call("COALESCE", null, LocalDateTime.literal($0)) } ?? null
    }

    private static let source = "SOURCE_DATA"
    private static let live = "SNAPSHOTTED_DATA"
    private static let closed = "CLOSED_DATA"

    private func column(_ relation: String, _ name: String) -> Expression { SyntaxTree.column(relation, name) }

    /// The stamp of a source row.
    private func stamp(_ relation: String) -> Expression {
        snapshot.stampColumn.map { column(relation, $0) } ?? now
    }

    /// `MD5(COALESCE(a::VARCHAR, '') || '|' || …)`.
    private static func hash(_ parts: [Expression]) -> Expression {
        var operands: [Expression] = []
        for part in parts {
            if !operands.isEmpty { operands.append(SyntaxTree.text("|")) }
            operands.append(SyntaxTree.call(
                "COALESCE", SyntaxTree.cast(part, to: .text), SyntaxTree.text("")))
        }
        return SyntaxTree.call("MD5", SyntaxTree.concatenation(operands))
    }

    private func scdID(_ relation: String, _ stamp: Expression) -> Expression {
        SnapshotStatements.hash(snapshot.keys.map { column(relation, $0) } + [stamp])
    }

    /// Equality of all keys, NULL equal to NULL.
    private func sameKey(_ left: String, _ right: String) -> Expression {
        let pairs = snapshot.keys.map {
            SyntaxTree.binary(.isNotDistinctFrom, column(left, $0), column(right, $0))
        }
        return SyntaxTree.logical(.and, pairs) ?? Bool.literal(false)
    }

    private func select(
        _ items: [(Expression, as: String)], from: TableExpression, where filter: Expression? = nil
    ) -> WarehouseSQL.Query {
        WarehouseSQL.Query(body: .select(SyntaxTree.select(items, from: [from], where: filter)))
    }

    /// The query's rows with DBT_UPDATED_AT and DBT_SCD_ID.
    private var sourceRows: WarehouseSQL.Query {
        let inner = "SNAPSHOT_QUERY"
        let own = columns.map { (column(inner, $0.name), as: $0.name) }
        return select(own + [
            (stamp(inner), as: meta.updatedAt),
            (scdID(inner, stamp(inner)), as: meta.scdID),
        ], from: SyntaxTree.subquery(query, as: inner))
    }

    /// The rows of a new snapshot table.
    var initialRows: WarehouseSQL.Query {
        let rows = SnapshotStatements.source
        var items = columns.map { (column(rows, $0.name), as: $0.name) }
        let updatedAt = column(rows, meta.updatedAt)
        items += [
            (column(rows, meta.scdID), as: meta.scdID),
            (updatedAt, as: meta.updatedAt), (updatedAt, as: meta.validFrom),
            (untilNow(updatedAt), as: meta.validTo),
        ]
        if snapshot.hardDeletes == .newRecord {
            items.append((SyntaxTree.text("False"), as: meta.isDeleted))
        }
        return select(items, from: SyntaxTree.subquery(sourceRows, as: rows))
    }

    // MARK: Changes

    /// `MERGE INTO table USING (changes) ON scd_id`.
    var merge: MergeStatement {
        let source = "DBT_INTERNAL_SOURCE", destination = "DBT_INTERNAL_DEST"
        let change = column(source, SnapshotStatements.changeType)
        let names = history + meta.all
        let closes = SyntaxTree.logical(.and, [
            isOpen(column(destination, meta.validTo)),
            Expression(.inList(change, [SyntaxTree.text("update"), SyntaxTree.text("delete")], isNegated: false)),
        ])
        return MergeStatement(
            table: table, alias: Identifier(name: destination), source: SyntaxTree.subquery(changes, as: source),
            condition: SyntaxTree.binary(
                .equal, column(source, meta.scdID), column(destination, meta.scdID)),
            clauses: [
                MergeClause(isMatched: true, condition: closes, action: .update([Assignment(
                    column: [Identifier(name: meta.validTo)],
                    value: column(source, meta.validTo))])),
                MergeClause(
                    isMatched: false, condition: SyntaxTree.binary(.equal, change, SyntaxTree.text("insert")),
                    action: .insert(
                        columns: names.map { Identifier(name: $0) }, values: names.map { column(source, $0) })),
            ])
    }

    private var changes: WarehouseSQL.Query {
        var parts = [insertions, updates]
        if snapshot.hardDeletes != .ignore { parts.append(deletes) }
        if snapshot.hardDeletes == .newRecord { parts.append(deletionRecords) }
        let operands = parts.map(\.body)
        return WarehouseSQL.Query(body: .setOperation(SetOperation(
            setOperator: .union, isAll: true, operands: operands)))
    }

    private var sourceTable: TableExpression { SyntaxTree.subquery(sourceRows, as: SnapshotStatements.source) }

    /// Versions that are open.
    private var liveTable: TableExpression {
        let open = WarehouseSQL.Query(body: .select(SelectStatement(
            items: [.star(StarItem())], from: [SyntaxTree.table(table)],
            filter: isOpen(SyntaxTree.column(meta.validTo)))))
        return SyntaxTree.subquery(open, as: SnapshotStatements.live)
    }

    /// The hashes of closed versions, each once.
    private var closedTable: TableExpression {
        let closed = WarehouseSQL.Query(body: .select(SelectStatement(
            isDistinct: true,
            items: [SyntaxTree.item(SyntaxTree.column(meta.scdID), as: meta.scdID)],
            from: [SyntaxTree.table(table)],
            filter: Expression(.unary(.not, isOpen(SyntaxTree.column(meta.validTo)))))))
        return SyntaxTree.subquery(closed, as: SnapshotStatements.closed)
    }

    private var isDeletedRecord: Expression {
        SyntaxTree.binary(
            .equal, column(SnapshotStatements.live, meta.isDeleted), SyntaxTree.text("True"))
    }

    /// Whether the live version differs from the source row.
    private var rowChanged: Expression {
        let (live, source) = (SnapshotStatements.live, SnapshotStatements.source)
        var conditions: [Expression] = []
        switch snapshot.strategy {
        case .timestamp(let stamp):
            conditions.append(SyntaxTree.binary(
                .less, column(live, meta.validFrom), column(source, stamp)))
        case .check(let checked, _):
            let compared = checked ?? columns.map(\.name)
            // A column that was not compared before may have changed with any row.
            if !added.isDisjoint(with: compared) { conditions.append(Bool.literal(true)) }
            for name in compared {
                conditions.append(SyntaxTree.binary(.isDistinctFrom, column(live, name), column(source, name)))
            }
        }
        if snapshot.hardDeletes == .newRecord { conditions.append(isDeletedRecord) }
        return SyntaxTree.logical(.or, conditions) ?? Bool.literal(false)
    }

    /// Whether the hash of a source row is that of a version that is there: a key that comes back with its stamp, or
    /// has changed without a new one.
    private var comesBack: Expression {
        let (live, source) = (SnapshotStatements.live, SnapshotStatements.source)
        let wasClosed = SyntaxTree.isNull(column(SnapshotStatements.closed, meta.scdID), negated: true)
        let isLive = SyntaxTree.binary(.equal, column(live, meta.scdID), column(source, meta.scdID))
        return SyntaxTree.logical(.or, [wasClosed, isLive]) ?? wasClosed
    }

    private func eitherNowOr(_ other: Expression) -> Expression {
        Expression(.conditional(CaseExpression(
            branches: [CaseBranch(condition: comesBack, result: now)], otherwise: other)))
    }

    /// Values for all columns of a change, in one order.
    private func change(
        _ type: String, _ value: (String) -> Expression, scdID: Expression, updatedAt: Expression,
        validFrom: Expression, validTo: Expression, isDeleted: String
    ) -> [(Expression, as: String)] {
        var items = [(SyntaxTree.text(type), as: SnapshotStatements.changeType)]
        items += history.map { (value($0), as: $0) }
        items += [
            (scdID, as: meta.scdID), (updatedAt, as: meta.updatedAt),
            (validFrom, as: meta.validFrom), (validTo, as: meta.validTo),
        ]
        if snapshot.hardDeletes == .newRecord {
            items.append((SyntaxTree.text(isDeleted), as: meta.isDeleted))
        }
        return items
    }

    /// A column of the source; NULL where the query no longer has it.
    private func sourceValue(_ name: String) -> Expression {
        columns.contains { $0.name == name } ? column(SnapshotStatements.source, name) : SyntaxTree.null
    }

    private var insertions: WarehouseSQL.Query {
        let (live, source, closed) = (SnapshotStatements.live, SnapshotStatements.source, SnapshotStatements.closed)
        let updatedAt = column(source, meta.updatedAt)
        let items = change(
            "insert", sourceValue,
            scdID: Expression(.conditional(CaseExpression(
                branches: [CaseBranch(condition: comesBack, result: scdID(source, now))],
                otherwise: column(source, meta.scdID)))),
            updatedAt: updatedAt, validFrom: eitherNowOr(updatedAt),
            validTo: untilNow(updatedAt), isDeleted: "False")
        let joined = SyntaxTree.join(
            .left, SyntaxTree.join(.left, sourceTable, liveTable, on: sameKey(source, live)), closedTable,
            on: SyntaxTree.binary(
                .equal, column(source, meta.scdID), column(closed, meta.scdID)))
        let isNew = SyntaxTree.isNull(column(live, meta.scdID))
        return select(items, from: joined, where: SyntaxTree.logical(.or, [isNew, rowChanged]))
    }

    private var updates: WarehouseSQL.Query {
        let (live, source, closed) = (SnapshotStatements.live, SnapshotStatements.source, SnapshotStatements.closed)
        let updatedAt = column(source, meta.updatedAt)
        let items = change(
            "update", sourceValue, scdID: column(live, meta.scdID), updatedAt: updatedAt,
            validFrom: updatedAt, validTo: eitherNowOr(SyntaxTree.call("COALESCE", updatedAt, now)), isDeleted: "False")
        let joined = SyntaxTree.join(
            .left, SyntaxTree.join(.inner, sourceTable, liveTable, on: sameKey(source, live)), closedTable,
            on: SyntaxTree.binary(
                .equal, column(source, meta.scdID), column(closed, meta.scdID)))
        return select(items, from: joined, where: rowChanged)
    }

    /// Live versions whose key the source lacks.
    private func vanished(_ items: [(Expression, as: String)]) -> WarehouseSQL.Query {
        let (live, source) = (SnapshotStatements.live, SnapshotStatements.source)
        let joined = SyntaxTree.join(.left, liveTable, sourceTable, on: sameKey(source, live))
        var conditions = [SyntaxTree.isNull(column(source, meta.scdID))]
        if snapshot.hardDeletes == .newRecord {
            conditions.append(SyntaxTree.binary(
                .notEqual, column(live, meta.isDeleted), SyntaxTree.text("True")))
        }
        return select(items, from: joined, where: SyntaxTree.logical(.and, conditions))
    }

    private func liveValue(_ name: String) -> Expression { column(SnapshotStatements.live, name) }

    private var deletes: WarehouseSQL.Query {
        vanished(change(
            "delete", liveValue, scdID: liveValue(meta.scdID), updatedAt: now, validFrom: now,
            validTo: now, isDeleted: "False"))
    }

    private var deletionRecords: WarehouseSQL.Query {
        vanished(change(
            "insert", liveValue, scdID: SnapshotStatements.hash([liveValue(meta.scdID), now]),
            updatedAt: now, validFrom: now, validTo: liveValue(meta.validTo), isDeleted: "True"))
    }
}

/// The stored names of the columns that a snapshot adds.
struct HistoryNames {
    let scdID, updatedAt, validFrom, validTo, isDeleted: String
    private let tellsDeletions: Bool

    init(_ snapshot: SnapshotContent) {
        let meta = snapshot.metaColumns
        scdID = ColumnNaming.stored(meta.scdID)
        updatedAt = ColumnNaming.stored(meta.updatedAt)
        validFrom = ColumnNaming.stored(meta.validFrom)
        validTo = ColumnNaming.stored(meta.validTo)
        isDeleted = ColumnNaming.stored(meta.isDeleted)
        tellsDeletions = snapshot.hardDeletes == .newRecord
    }

    /// Those that the snapshot fills.
    var all: [String] { [scdID, updatedAt, validFrom, validTo] + (tellsDeletions ? [isDeleted] : []) }

    /// Whether a column of the table is none of the query's.
    func contains(_ name: String) -> Bool { all.contains(name) || name == isDeleted }
}

extension SnapshotContent {
    /// The column that stamps versions; nil when the snapshot's clock does.
    var stampColumn: String? {
        switch strategy {
        case .timestamp(let name): name
        case .check(_, let updatedAt): updatedAt
        }
    }
}
