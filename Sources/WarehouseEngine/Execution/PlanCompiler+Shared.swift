import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// What one query computes once, by number.
final class SharedRelations {
    fileprivate var relations: [Int: (relation: Relation, rows: SharedRows)] = [:]
}

extension PlanCompiler {
    /// Nothing is pushed into rows that others read too: the relation comes from no scan.
    func compileShared(_ shared: LogicalShared) throws -> Relation {
        let (relation, rows) = try sharedRelations.relations[shared.number] ?? compileFirst(shared)
        let types = relation.source.outputTypes
        let source = SharedOperator(rows, places: shared.places, outputTypes: shared.places.map { types[$0] })
        return Relation(source, shared.columns, shared.places.map { relation.bindings[$0] }, rowBound: relation.rowBound)
            .estimating(relation.rowEstimate)
    }

    private func compileFirst(_ shared: LogicalShared) throws -> (relation: Relation, rows: SharedRows) {
        let relation = try compile(shared.plan)
        let made = (relation, SharedRows(relation.source))
        sharedRelations.relations[shared.number] = made
        return made
    }
}
