import WarehouseBasics
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// The table that DML changes.
struct DMLTarget {
    var entry: CatalogEntry
    let catalog: SessionCatalog
    let binding: DMLBinding.Target

    init(_ reference: ObjectReference, _ run: StatementRun) throws {
        try self.init(ObjectFinder.require(.table, reference, run), reference.span, run)
    }

    init(_ entry: CatalogEntry, _ span: SourceSpan, _ run: StatementRun) throws {
        guard entry.kind == .table else {
            throw WarehouseError(
                .unsupported, "SQL compilation error:\nObject '\(entry.name)' is a view: only tables can be changed.",
                span: span)
        }
        self.entry = entry
        catalog = try run.planCatalog()
        let defaults = try entry.columns.map {
            try TableColumns.qualifiedDefault($0, of: entry, run).map { try Parser.parseExpression($0) }
        }
        let schema = try entry.parent.flatMap { try run.catalog().entries[$0] }
        binding = DMLBinding.Target(try catalog.storedTable(entry), defaults: defaults, home: schema.map(catalog.standing(in:)))
    }

    /// Binds a change of the table by `bind`. Where it puts other arrays into a column whose arrays' elements are
    /// kept as one scalar type, the column becomes plain ARRAY first.
    static func bound<Bound>(_ entry: CatalogEntry, _ span: SourceSpan, _ transaction: WriteTransaction,
                             _ run: StatementRun,
                             _ bind: (DMLTarget) throws -> Bound) throws -> (target: DMLTarget, bound: Bound) {
        var target = try DMLTarget(entry, span, run)
        do {
            return (target, try bind(target))
        } catch let error as WarehouseError where error.code == ErrorKind.arrayElements.code {
            target = try DMLTarget(ArrayWidening.widen(entry, transaction, run), span, run)
            return (target, try bind(target))
        }
    }
}
