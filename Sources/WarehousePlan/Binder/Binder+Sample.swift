import WarehouseBasics
import WarehouseSQL

extension Binder {
    /// SAMPLE and TABLESAMPLE: a share of the rows by chance, or a number of them. BLOCK sampling chooses rows one by
    /// one too.
    func sampled(_ input: FromResult, _ clause: SampleClause) throws -> FromResult {
        let context = ExpressionContext(scope: Scope(parent: nil), tables: nil, clause: .limit)
        let seed = try clause.seed.map { [try bindExpression($0, context)] } ?? []
        let random = try factory.call("RANDOM", seed)
        let amount = try factory.implicit(try bindExpression(clause.amount, context), to: .float)
        guard case .constant(let constant) = amount, case .double(let value) = constant.value, value >= 0 else {
            throw CompilationError.make(.invalidValue, "SAMPLE needs a constant that is not negative",
                                        at: clause.amount.span)
        }
        var result = input
        guard !clause.isRowCount else {
            guard !clause.isSystem else {
                throw CompilationError.unsupported("SAMPLE SYSTEM of a number of rows", at: clause.amount.span)
            }
            guard let count = Int(exactly: value), count <= Self.maximumSampledRows else {
                throw CompilationError.make(.invalidValue, "SAMPLE takes a whole number of rows up to "
                    + "\(Self.maximumSampledRows)", at: clause.amount.span)
            }
            let order = make("RANDOM", random.type, isNullable: false)
            let columns = input.plan.columns
            let marked = columns.map { Projection($0, .column($0)) } + [Projection(order, random)]
            let chosen = LogicalPlan.limit(.sort(.project(input.plan, marked), [SortKey(.column(order))]),
                                           limit: count, offset: 0)
            result.plan = .project(chosen, columns.map { Projection($0, .column($0)) })
            return result
        }
        guard value <= 100 else {
            throw CompilationError.make(.invalidValue, "SAMPLE takes a percentage from 0 to 100",
                                        at: clause.amount.span)
        }
        if value == 100 { return result }
        let chance = try factory.call("UNIFORM", [.constant(.float(0)), .constant(.float(1)), random])
        let isChosen = try factory.comparison(.less, chance, .constant(.float(value / 100)))
        result.plan = .filter(input.plan, value == 0 ? .constant(.boolean(false)) : isChosen)
        return result
    }

    /// What Snowflake allows.
    private static let maximumSampledRows = 1_000_000
}
