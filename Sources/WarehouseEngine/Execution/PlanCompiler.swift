import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// Turns a logical plan into operators: the one place that knows both. Expressions that operators need as columns
/// (keys, arguments) are computed by projections beneath them, so that operators see column numbers only.
struct PlanCompiler {
    let context: QueryContext
    /// Set when operators are to be measured.
    let measures: OperatorMeasures?
    /// The rows that scans of working tables read, while the step of their recursion is compiled.
    var workingRows: [ObjectIdentifier: CollectedRows] = [:]
    let sharedRelations = SharedRelations()
    /// Whether it is below a secure view, whose scans tell nobody how much they read.
    var isBelowFence = false

    init(context: QueryContext, measures: OperatorMeasures?) {
        self.context = context
        self.measures = measures
    }

    func compile(_ plan: LogicalPlan) throws -> Relation { try compile(plan, firstOfPartitions: nil) }

    /// `firstOfPartitions`: a window's rows numbered behind this are not wanted.
    private func compile(_ plan: LogicalPlan, firstOfPartitions limit: Int?) throws -> Relation {
        try context.checkCancelled()
        let slot = measures?.open(plan.operatorName, hidesInputs: plan.isFence)
        defer { measures?.close() }
        var relation: Relation
        if case .window(let window) = plan {
            relation = try compileWindow(window, limit: limit)
        } else {
            relation = try compileNode(plan)
        }
        if let slot { relation.source = MeteredOperator(relation.source, slot) }
        return relation
    }

    private func compileNode(_ plan: LogicalPlan) throws -> Relation {
        switch plan {
        case .scan(let scan): return try compileScan(scan)
        case .values(let values): return try compileValues(values)
        case .filter(let input, let predicate):
            let limit = PartitionLimit.limit(input, predicate)
            return try filtered(compile(input, firstOfPartitions: limit), [predicate])
        case .project(let input, let projections): return try projected(compile(input), projections)
        case .aggregate(let aggregate): return try compileAggregate(aggregate)
        case .join(let join): return try compileJoin(join)
        case .sort(let input, let keys): return try compileSort(input, keys, limit: nil)
        case .limit(let input, nil, 0): return try compileFenced(input)
        case .limit(let input, let limit, let offset): return try compileLimit(input, limit, offset)
        case .window(let window): return try compileWindow(window, limit: nil)
        case .unionAll(let inputs, let columns): return try compileUnion(inputs, columns)
        case .distinct(let input): return distinct(try compile(input))
        case .setOperation(let kind, let left, let right, let columns):
            return try compileSetOperation(kind, left, right, columns)
        case .flatten(let flatten): return try compileFlatten(flatten)
        case .recursion(let recursion): return try compileRecursion(recursion)
        case .shared(let shared): return try compileShared(shared)
        case .singleRow(let input):
            let relation = try compile(input)
            var bindings = relation.bindings
            for index in bindings.indices { bindings[index].mayBeNull = true }
            return Relation(SingleRowOperator(input: relation.source), relation.columns, bindings, rowBound: 1)
        }
    }

    // MARK: Rows one by one

    /// Rows that satisfy all predicates.
    func filtered(_ input: Relation, _ predicates: [BoundExpression]) throws -> Relation {
        guard !predicates.isEmpty else { return input }
        let predicate = try CompiledPredicate(allOf: predicates, input: input.layout, context: context)
        switch predicate.constantAnswer {
        case true: return input
        case false: return input.through(ValuesOperator(rows: RowBuffer(input.source.outputTypes)), rowBound: 0)
        default:
            let rows = input.through(FilterOperator(input: input.source, predicate: predicate), rowBound: input.rowBound)
                .inOrder(of: input)
            return predicates.allSatisfy(\.isDeterministic) ? rows.withOrigins(input.origins) : rows
        }
    }

    func projected(_ input: Relation, _ projections: [Projection], widths: [PhysicalType]? = nil) throws -> Relation {
        let isDeterministic = projections.allSatisfy(\.expression.isDeterministic)
        let (input, projections) = isDeterministic ? (input, projections) : try countingAllRows(input, projections)
        let layout = input.layout
        var expressions: [CompiledExpression] = []
        var bindings: [ColumnBinding] = []
        for (index, projection) in projections.enumerated() {
            let expression = try CompiledExpression(projection.expression, input: layout, context: context,
                                                    as: widths?[index])
            expressions.append(expression)
            var binding = ColumnBinding(expression, index: index)
            if let source = expression.columnIndex { binding.distinctCount = input.bindings[source].distinctCount }
            bindings.append(binding)
        }
        let columns = projections.map(\.column)
        let source: any PhysicalOperator = isIdentity(expressions, of: input) ? input.source
            : ProjectOperator(input: input.source, expressions: expressions)
        var result = Relation(source, columns, bindings, rowBound: input.rowBound).estimating(input.rowEstimate)
        result.scan = input.scan.map { scan in
            ScannedColumns(scan.source, expressions.map { $0.columnIndex.flatMap { scan.places[$0] } })
        }
        for (index, expression) in expressions.enumerated() {
            result.bindings[index].isSorted = expression.columnIndex.map { input.bindings[$0].isSorted } ?? false
        }
        // What counts rows would count others.
        if isDeterministic {
            result.origins = expressions.map { $0.columnIndex.map { input.origins[$0] } ?? [] }
        }
        return result
    }

    private func isIdentity(_ expressions: [CompiledExpression], of input: Relation) -> Bool {
        expressions.count == input.columns.count
            && expressions.indices.allSatisfy { index in
                expressions[index].columnIndex == index
                    && expressions[index].physicalType == input.bindings[index].physicalType
            }
    }

    /// The input's columns and behind them the values of `extra`; gives their column numbers. A plain column of the
    /// input is used where it is.
    func extended(_ input: Relation, _ extra: [BoundExpression]) throws -> (relation: Relation, columns: [Int]) {
        let layout = input.layout
        var places: [Int] = []
        var added: [CompiledExpression] = []
        var known: [BoundExpression: Int] = [:]
        for expression in extra {
            if let place = known[expression] {
                places.append(place)
                continue
            }
            let compiled = try CompiledExpression(expression, input: layout, context: context)
            if let column = compiled.columnIndex, compiled.physicalType == input.bindings[column].physicalType {
                known[expression] = column
            } else {
                known[expression] = input.columns.count + added.count
                added.append(compiled)
            }
            places.append(known[expression] ?? 0)
        }
        guard !added.isEmpty else { return (input, places) }
        let own = try input.columns.map { try CompiledExpression(.column($0), input: layout, context: context) }
        let project = ProjectOperator(input: input.source, expressions: own + added)
        let columns = input.columns + added.enumerated().map { index, expression in
            PlanColumn(id: ColumnID(-1 - index), name: "", type: expression.logicalType)
        }
        let bindings = input.bindings + added.map { ColumnBinding($0, index: 0) }
        var relation = Relation(project, columns, bindings, rowBound: input.rowBound).estimating(input.rowEstimate)
            .inOrder(of: input)
        if extra.allSatisfy(\.isDeterministic) { relation.origins = input.origins + added.map { _ in [] } }
        return (relation, places)
    }

    // MARK: Whole relations

    private func compileLimit(_ input: LogicalPlan, _ limit: Int?, _ offset: Int) throws -> Relation {
        if let limit, case .sort(let below, let keys) = input {
            let (rows, overflow) = max(0, limit).addingReportingOverflow(max(0, offset))
            if !overflow, rows <= TopNOperator.maximumRows {
                let sorted = try compileSort(below, keys, limit: rows)
                return limited(sorted, limit, offset)
            }
        }
        return limited(try compile(input), limit, offset)
    }

    private func limited(_ relation: Relation, _ limit: Int?, _ offset: Int) -> Relation {
        let bound = [relation.rowBound, limit].compactMap(\.self).min()
        let end = limit.map { offset.addingReportingOverflow($0) }
        if let source = relation.source as? any RowRangeOperator,
           let rows = source.rows(offset..<(end.map { $0.overflow ? .max : $0.partialValue } ?? .max)) {
            // As a scan it would be given bounds that come from the whole table's zones.
            return relation.through(rows, rowBound: bound).inOrder(of: relation)
        }
        return relation.through(LimitOperator(input: relation.source, limit: limit, offset: offset), rowBound: bound)
    }

    func distinct(_ relation: Relation) -> Relation {
        let fields = relation.columns.indices.map { relation.keyField($0) }
        if fields.isEmpty {
            return limited(relation, 1, 0)
        }
        let operation = AggregateOperator(input: relation.source, groupColumns: Array(relation.columns.indices),
                                          fields: fields, calls: [], rowBound: relation.rowBound)
        return relation.through(operation, rowBound: relation.rowBound).withOrigins(relation.origins)
    }

    private func compileUnion(_ inputs: [LogicalPlan], _ columns: [PlanColumn]) throws -> Relation {
        let relations = try inputs.map(compile)
        let aligned = try aligned(relations, columns)
        let rows = aligned.reduce(Optional(0)) { total, relation in
            guard let total, let bound = relation.rowBound else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(bound)
            return overflow ? nil : sum
        }
        guard let first = aligned.first else {
            return Relation(ValuesOperator(rows: RowBuffer([])), columns, [], rowBound: 0)
        }
        var bindings = first.bindings
        for relation in aligned.dropFirst() {
            for index in bindings.indices { bindings[index].formUnion(relation.bindings[index]) }
        }
        let union = UnionAllOperator(inputs: aligned.map(\.source), outputTypes: first.source.outputTypes)
        let origins = columns.indices.map { index in aligned.flatMap { $0.origins[index] } }
        return Relation(union, columns, bindings, rowBound: rows).withOrigins(origins)
    }

    /// Integer columns of several relations brought to one width each.
    func aligned(_ relations: [Relation], _ columns: [PlanColumn]) throws -> [Relation] {
        let widths: [PhysicalType] = columns.indices.map { index in
            let types = relations.map { $0.bindings[index].physicalType }
            return types.max { $0.rawValue < $1.rawValue } ?? .int32
        }
        return try relations.map { relation in
            let differs = widths.indices.contains { relation.bindings[$0].physicalType != widths[$0] }
            guard differs else { return relation }
            let projections = relation.columns.map { Projection($0, .column($0)) }
            return try projected(relation, projections, widths: widths)
        }
    }

    private func compileSetOperation(_ kind: SetOperationKind, _ left: LogicalPlan, _ right: LogicalPlan,
                                     _ columns: [PlanColumn]) throws -> Relation {
        let first = distinct(try compile(left)), second = try compile(right)
        let places = Array(columns.indices)
        let shape = JoinShape(kind: kind == .intersect ? .semi : .anti, leftColumns: places, rightColumns: [],
                              residual: nil, residualColumns: [])
        let join = HashJoinOperator(shape, left: first.source, right: second.source, leftKeys: places,
                                    rightKeys: places, nullsEqual: places.map { _ in true },
                                    equalities: columns.map { KeyEquality($0.type) }, diskShape: {
            JoinShape(kind: shape.kind, leftColumns: places + [places.count], rightColumns: [], residual: nil,
                      residualColumns: [])
        })
        return Relation(join, columns, first.bindings, rowBound: first.rowBound)
    }
}

extension ColumnBinding {
    /// Makes room for another source of the same column.
    mutating func formUnion(_ other: ColumnBinding) {
        mayBeNull = mayBeNull || other.mayBeNull
        distinctCount = nil
        if let mine = range, let theirs = other.range {
            range = ValueRange(min(mine.low, theirs.low), max(mine.high, theirs.high))
        } else {
            range = nil
        }
    }
}

extension LogicalType {
    /// TIMESTAMP_TZ, whose values are equal by instant.
    var isZoned: Bool {
        if case .timestampTZ = self { return true }
        return false
    }
}
