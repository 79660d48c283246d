import WarehouseBasics

/// Computes once, in a projection below, what the expressions of a projection or aggregate do several times to texts or
/// documents: two fields of PARSE_JSON(doc) parse it once. What costs no more than handing its result on stays.
struct ComputeOnce: OptimizerRule {
    let name = "compute once"

    /// Projections one upon the other: a part of what is computed once may itself be found again elsewhere.
    static let maximumLayers = 4

    func apply(_ plan: LogicalPlan, _ context: OptimizerContext) throws -> LogicalPlan {
        try plan.mapped { node in
            try Interruption.check()
            switch node {
            case .project, .aggregate: return Self.improved(node, context, layers: Self.maximumLayers)
            default: return node
            }
        }
    }

    private static func improved(_ node: LogicalPlan, _ context: OptimizerContext, layers: Int) -> LogicalPlan {
        guard layers > 0 else { return node }
        var repeats = RepeatedParts()
        for expression in node.expressions { repeats.visit(expression) }
        let parts = repeats.innermost()
        guard let input = node.inputs.first, !parts.isEmpty else { return node }
        var columns: [BoundExpression: PlanColumn] = [:]
        for part in parts { columns[part] = context.make("PART", part.type, isNullable: part.isNullable) }
        let above = node.mappingExpressions { replaced($0, columns) }
        var used: Set<ColumnID> = []
        for expression in above.expressions { expression.collectColumns(into: &used) }
        let passed = input.columns.filter { used.contains($0.id) }.map { Projection($0, .column($0)) }
        let below = LogicalPlan.project(input, passed + parts.compactMap { part in columns[part].map { Projection($0, part) } })
        return improved(above.withInputs([below]), context, layers: layers - 1)
    }

    private static func replaced(_ expression: BoundExpression, _ columns: [BoundExpression: PlanColumn]) -> BoundExpression {
        if RepeatedParts.isCostly(expression), let column = columns[expression] { return .column(column) }
        let operands = expression.operands
        return operands.isEmpty ? expression : expression.withOperands(operands.map { replaced($0, columns) })
    }
}

/// Counts the parts of some expressions. A part is known by its own operation and the numbers of its operands, so that
/// high expressions are not compared as wholes.
private struct RepeatedParts {
    private struct Part {
        let expression: BoundExpression
        var count = 0
        /// Whether it is computed for every row in some place: elsewhere it may raise errors that nobody would meet.
        var isAlwaysComputed = false
        let isRepeatable: Bool
        var parents: Set<Int> = []
    }
    private var numbers: [BoundExpression: Int] = [:]
    private var parts: [Part] = []

    mutating func visit(_ expression: BoundExpression) { _ = visit(expression, isAlwaysComputed: true) }

    private mutating func visit(_ expression: BoundExpression, isAlwaysComputed: Bool) -> Int {
        var operands: [Int] = []
        if case .lambda = expression { } else {
            for (index, operand) in expression.operands.enumerated() {
                let isReached = isAlwaysComputed && (index == 0 || Self.computesAll(expression))
                operands.append(visit(operand, isAlwaysComputed: isReached))
            }
        }
        let number = number(expression, operands)
        parts[number].count += 1
        if isAlwaysComputed { parts[number].isAlwaysComputed = true }
        for operand in operands { parts[operand].parents.insert(number) }
        return number
    }

    private mutating func number(_ expression: BoundExpression, _ operands: [Int]) -> Int {
        let key = operands.isEmpty ? expression : expression.withOperands(operands.map {
            .column(PlanColumn(id: ColumnID(-1 - $0), name: "", type: parts[$0].expression.type))
        })
        if let known = numbers[key] { return known }
        var isRepeatable = operands.allSatisfy { parts[$0].isRepeatable }
        if case .call(let name, _, _) = expression, ScalarFunctions.isVolatile(name) { isRepeatable = false }
        if case .lambda = expression { isRepeatable = false }
        numbers[key] = parts.count
        parts.append(Part(expression: expression, isRepeatable: isRepeatable))
        return parts.count - 1
    }

    /// Whether all operands are computed for every row; else the first is.
    private static func computesAll(_ expression: BoundExpression) -> Bool {
        switch expression {
        case .conjunction, .disjunction, .caseWhen, .inList: false
        case .call(let name, _, _): name != "COALESCE"
        default: true
        }
    }

    /// What is found more often than anything that it is part of.
    func innermost() -> [BoundExpression] {
        let isRepeated = parts.map { part in
            part.count > 1 && part.isAlwaysComputed && part.isRepeatable && Self.isCostly(part.expression)
                && part.parents.allSatisfy { parts[$0].count < part.count }
        }
        var holdsRepeated = [Bool](repeating: false, count: parts.count)
        // Operands stand before what they are operands of.
        for (number, part) in parts.enumerated() where isRepeated[number] || holdsRepeated[number] {
            for parent in part.parents { holdsRepeated[parent] = true }
        }
        return parts.indices.filter { isRepeated[$0] && !holdsRepeated[$0] }.map { parts[$0].expression }
    }

    /// Whether texts or documents are read or made.
    static func isCostly(_ expression: BoundExpression) -> Bool {
        switch expression {
        case .call(let name, let arguments, let type):
            return name != "COALESCE" && (isWide(type) || arguments.contains { isWide($0.type) })
        case .cast(let operand, let type, _): return operand.type != type && (isWide(operand.type) || isWide(type))
        default: return false
        }
    }

    private static func isWide(_ type: LogicalType) -> Bool { type.isText || type.isSemiStructured }
}
