import WarehouseBasics
import WarehousePlan
import WarehouseSQL

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
        let defaults = try entry.columns.map { try $0.defaultText.map { try Parser.parseExpression($0) } }
        binding = DMLBinding.Target(try catalog.storedTable(entry), defaults: defaults)
    }
}
