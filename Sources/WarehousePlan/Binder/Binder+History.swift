import WarehouseBasics
import WarehouseSQL

extension Binder {
    /// `t AT (…)` and `t BEFORE (…)`: the table as it was.
    func bindHistory(_ reference: ObjectReference, _ travel: TimeTravel, _ item: TableExpression) throws -> FromResult {
        try countRelation(at: item.span)
        let moment = try CompilationError.at(item.span) { try historyMoment(travel) }
        do {
            return try named(scan(try catalog.resolveTable(try parts(reference), asOf: moment)), item)
        } catch let error as WarehouseError {
            throw error.at(reference.span == .none ? item.span : reference.span)
        }
    }

    func historyMoment(_ travel: TimeTravel) throws -> HistoryMoment {
        switch travel.point {
        case .timestamp(let expression):
            let time = try factory.implicit(try momentValue(expression), to: .timestampLTZ(scale: 9))
            return .time(try nanoseconds(time, before: travel.isBefore))
        case .offset(let expression):
            let seconds = try factory.implicit(try momentValue(expression), to: .number(precision: 38, scale: 9))
            guard case .constant(let constant) = seconds, case .integer(let offset) = constant.value else {
                throw WarehouseError(.invalidValue, "OFFSET needs a constant number of seconds.")
            }
            guard offset <= 0 else { throw WarehouseError(.invalidValue, "OFFSET must not be in the future.") }
            let (time, overflow) = factory.session.statementTime.addingReportingOverflow(offset)
            guard !overflow else { throw WarehouseError(.invalidValue, "OFFSET is out of range.") }
            return .time(try nanoseconds(.constant(Constant(.integer(time), .timestampLTZ(scale: 9))),
                                         before: travel.isBefore))
        case .statement(let expression):
            return .statement(try factory.constantText(try momentValue(expression), of: "STATEMENT"),
                              isBefore: travel.isBefore)
        case .stream: throw CompilationError.unsupported("AT (STREAM => …)")
        }
    }

    private func momentValue(_ expression: Expression) throws -> BoundExpression {
        let context = ExpressionContext(scope: Scope(parent: nil), tables: nil, clause: .tableFunction)
        return try bindExpression(expression, context)
    }

    private func nanoseconds(_ time: BoundExpression, before: Bool) throws -> Int64 {
        guard case .constant(let constant) = time, case .integer(let value) = constant.value else {
            throw WarehouseError(.invalidValue, "AT and BEFORE need a constant timestamp.")
        }
        return Int64(clamping: before ? value - 1 : value)
    }
}
