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
    static let scdID = "DBT_SCD_ID"
    static let updatedAt = "DBT_UPDATED_AT"
    static let validFrom = "DBT_VALID_FROM"
    static let validTo = "DBT_VALID_TO"
    static let isDeleted = "DBT_IS_DELETED"
    static let allMetaColumns = [scdID, updatedAt, validFrom, validTo, isDeleted]

    static func metaColumns(_ hardDeletes: HardDeletes) -> [String] {
        hardDeletes == .newRecord ? allMetaColumns : allMetaColumns.dropLast()
    }

    private let snapshot: SnapshotContent
    private let table: ObjectReference
    private let query: WarehouseSQL.Query
    /// Columns that the query gives.
    private let columns: [ColumnSchema]
    /// Columns that the table has or is given, without dbt's own.
    private let history: [String]
    private let hasNewColumns: Bool
    /// The snapshot's clock as a constant of the stamp's type.
    private let now: Expression

    init(
        _ snapshot: SnapshotContent, _ table: ObjectReference, _ query: WarehouseSQL.Query, columns: [ColumnSchema],
        history: [String], now: Int128, hasNewColumns: Bool = false
    ) {
        self.snapshot = snapshot
        self.table = table
        self.query = query
        self.columns = columns
        self.history = history
        self.hasNewColumns = hasNewColumns
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
            (stamp(inner), as: SnapshotStatements.updatedAt),
            (scdID(inner, stamp(inner)), as: SnapshotStatements.scdID),
        ], from: SyntaxTree.subquery(query, as: inner))
    }

    /// The rows of a new snapshot table.
    var initialRows: WarehouseSQL.Query {
        let rows = SnapshotStatements.source
        var items = columns.map { (column(rows, $0.name), as: $0.name) }
        let updatedAt = column(rows, SnapshotStatements.updatedAt)
        // NULL of the stamp's type.
        let open = SyntaxTree.call("NULLIF", updatedAt, updatedAt)
        items += [
            (column(rows, SnapshotStatements.scdID), as: SnapshotStatements.scdID),
            (updatedAt, as: SnapshotStatements.updatedAt), (updatedAt, as: SnapshotStatements.validFrom),
            (open, as: SnapshotStatements.validTo),
        ]
        if snapshot.hardDeletes == .newRecord {
            items.append((SyntaxTree.text("False"), as: SnapshotStatements.isDeleted))
        }
        return select(items, from: SyntaxTree.subquery(sourceRows, as: rows))
    }

    // MARK: Changes

    /// `MERGE INTO table USING (changes) ON scd_id`.
    var merge: MergeStatement {
        let source = "DBT_INTERNAL_SOURCE", destination = "DBT_INTERNAL_DEST"
        let change = column(source, SnapshotStatements.changeType)
        let names = history + SnapshotStatements.metaColumns(snapshot.hardDeletes)
        let closes = SyntaxTree.logical(.and, [
            SyntaxTree.isNull(column(destination, SnapshotStatements.validTo)),
            Expression(.inList(change, [SyntaxTree.text("update"), SyntaxTree.text("delete")], isNegated: false)),
        ])
        return MergeStatement(
            table: table, alias: Identifier(name: destination), source: SyntaxTree.subquery(changes, as: source),
            condition: SyntaxTree.binary(
                .equal, column(source, SnapshotStatements.scdID), column(destination, SnapshotStatements.scdID)),
            clauses: [
                MergeClause(isMatched: true, condition: closes, action: .update([Assignment(
                    column: [Identifier(name: SnapshotStatements.validTo)],
                    value: column(source, SnapshotStatements.validTo))])),
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
            filter: SyntaxTree.isNull(SyntaxTree.column(SnapshotStatements.validTo)))))
        return SyntaxTree.subquery(open, as: SnapshotStatements.live)
    }

    /// The hashes of closed versions, each once.
    private var closedTable: TableExpression {
        let closed = WarehouseSQL.Query(body: .select(SelectStatement(
            isDistinct: true,
            items: [SyntaxTree.item(SyntaxTree.column(SnapshotStatements.scdID), as: SnapshotStatements.scdID)],
            from: [SyntaxTree.table(table)],
            filter: SyntaxTree.isNull(SyntaxTree.column(SnapshotStatements.validTo), negated: true))))
        return SyntaxTree.subquery(closed, as: SnapshotStatements.closed)
    }

    private var isDeletedRecord: Expression {
        SyntaxTree.binary(
            .equal, column(SnapshotStatements.live, SnapshotStatements.isDeleted), SyntaxTree.text("True"))
    }

    /// Whether the live version differs from the source row.
    private var rowChanged: Expression {
        let (live, source) = (SnapshotStatements.live, SnapshotStatements.source)
        var conditions: [Expression] = []
        switch snapshot.strategy {
        case .timestamp(let stamp):
            conditions.append(SyntaxTree.binary(
                .less, column(live, SnapshotStatements.validFrom), column(source, stamp)))
        case .check(let checked, _):
            if checked == nil, hasNewColumns { conditions.append(Bool.literal(true)) }
            for name in checked ?? columns.map(\.name) where history.contains(name) {
                conditions.append(SyntaxTree.binary(.isDistinctFrom, column(live, name), column(source, name)))
            }
        }
        if snapshot.hardDeletes == .newRecord { conditions.append(isDeletedRecord) }
        return SyntaxTree.logical(.or, conditions) ?? Bool.literal(false)
    }

    private var comesBack: Expression {
        SyntaxTree.isNull(column(SnapshotStatements.closed, SnapshotStatements.scdID), negated: true)
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
            (scdID, as: SnapshotStatements.scdID), (updatedAt, as: SnapshotStatements.updatedAt),
            (validFrom, as: SnapshotStatements.validFrom), (validTo, as: SnapshotStatements.validTo),
        ]
        if snapshot.hardDeletes == .newRecord {
            items.append((SyntaxTree.text(isDeleted), as: SnapshotStatements.isDeleted))
        }
        return items
    }

    /// A column of the source; NULL where the query no longer has it.
    private func sourceValue(_ name: String) -> Expression {
        columns.contains { $0.name == name } ? column(SnapshotStatements.source, name) : SyntaxTree.null
    }

    private var insertions: WarehouseSQL.Query {
        let (live, source, closed) = (SnapshotStatements.live, SnapshotStatements.source, SnapshotStatements.closed)
        let updatedAt = column(source, SnapshotStatements.updatedAt)
        let items = change(
            "insert", sourceValue,
            scdID: Expression(.conditional(CaseExpression(
                branches: [CaseBranch(condition: comesBack, result: scdID(source, now))],
                otherwise: column(source, SnapshotStatements.scdID)))),
            updatedAt: updatedAt, validFrom: eitherNowOr(updatedAt),
            validTo: SyntaxTree.call("NULLIF", updatedAt, updatedAt), isDeleted: "False")
        let joined = SyntaxTree.join(
            .left, SyntaxTree.join(.left, sourceTable, liveTable, on: sameKey(source, live)), closedTable,
            on: SyntaxTree.binary(
                .equal, column(source, SnapshotStatements.scdID), column(closed, SnapshotStatements.scdID)))
        let isNew = SyntaxTree.isNull(column(live, SnapshotStatements.scdID))
        return select(items, from: joined, where: SyntaxTree.logical(.or, [isNew, rowChanged]))
    }

    private var updates: WarehouseSQL.Query {
        let (live, source, closed) = (SnapshotStatements.live, SnapshotStatements.source, SnapshotStatements.closed)
        let updatedAt = column(source, SnapshotStatements.updatedAt)
        let items = change(
            "update", sourceValue, scdID: column(live, SnapshotStatements.scdID), updatedAt: updatedAt,
            validFrom: updatedAt, validTo: eitherNowOr(updatedAt), isDeleted: "False")
        let joined = SyntaxTree.join(
            .left, SyntaxTree.join(.inner, sourceTable, liveTable, on: sameKey(source, live)), closedTable,
            on: SyntaxTree.binary(
                .equal, column(source, SnapshotStatements.scdID), column(closed, SnapshotStatements.scdID)))
        return select(items, from: joined, where: rowChanged)
    }

    /// Live versions whose key the source lacks.
    private func vanished(_ items: [(Expression, as: String)]) -> WarehouseSQL.Query {
        let (live, source) = (SnapshotStatements.live, SnapshotStatements.source)
        let joined = SyntaxTree.join(.left, liveTable, sourceTable, on: sameKey(source, live))
        var conditions = [SyntaxTree.isNull(column(source, SnapshotStatements.scdID))]
        if snapshot.hardDeletes == .newRecord {
            conditions.append(SyntaxTree.binary(
                .notEqual, column(live, SnapshotStatements.isDeleted), SyntaxTree.text("True")))
        }
        return select(items, from: joined, where: SyntaxTree.logical(.and, conditions))
    }

    private func liveValue(_ name: String) -> Expression { column(SnapshotStatements.live, name) }

    private var deletes: WarehouseSQL.Query {
        vanished(change(
            "delete", liveValue, scdID: liveValue(SnapshotStatements.scdID), updatedAt: now, validFrom: now,
            validTo: now, isDeleted: "False"))
    }

    private var deletionRecords: WarehouseSQL.Query {
        vanished(change(
            "insert", liveValue, scdID: SnapshotStatements.hash([liveValue(SnapshotStatements.scdID), now]),
            updatedAt: now, validFrom: now, validTo: liveValue(SnapshotStatements.validTo), isDeleted: "True"))
    }
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
