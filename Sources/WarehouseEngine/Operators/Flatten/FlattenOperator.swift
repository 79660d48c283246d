import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// What a flatten puts out for each element, behind the input's columns.
enum FlattenColumn: Hashable {
    case seq, key, path, index, value, this
    /// The element of a list in its own type.
    case element(PhysicalType)

    var physicalType: PhysicalType {
        switch self {
        case .seq, .index: .int64
        case .key, .path, .value, .this: .string
        case .element(let type): type
        }
    }
}

/// LATERAL FLATTEN: each row of the input once for each element of its value.
final class FlattenOperator: PhysicalOperator {
    private let input: any PhysicalOperator
    private let valueColumn: Int
    private let parents: [Int]
    private let options: FlattenOptions
    private let columns: [FlattenColumn]
    let outputTypes: [PhysicalType]

    /// `parents`: the input's columns that go through. The flattened one best is none of them: a list would be copied for
    /// each of its elements.
    init(input: any PhysicalOperator, valueColumn: Int, parents: [Int], options: FlattenOptions, columns: [FlattenColumn]) {
        self.input = input
        self.valueColumn = valueColumn
        self.parents = parents
        self.options = options
        self.columns = columns
        outputTypes = parents.map { input.outputTypes[$0] } + columns.map(\.physicalType)
    }

    func prepare(_ context: QueryContext) throws -> Int { try input.prepare(context) }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        // Numbers of input rows must not depend on how other stripes go: each stripe has a range of its own.
        var sequence = Int64(stripe) << 32
        let output = Batch(outputTypes.map { Vector($0, capacity: 1) })
        let flattener: any RowFlattener = input.outputTypes[valueColumn] == .list
            ? ListFlattener(options, parents, columns, output, consumer)
            : VariantFlattener(options, FlattenOutput(parents, columns, output, consumer))
        let valueColumn = valueColumn
        try input.run(stripe: stripe, context, into: ClosureConsumer { batch in
            try context.checkCancelled()
            let vector = batch.vectors[valueColumn]
            defer { sequence += Int64(batch.rowCount) }
            return try flattener.flatten(batch, vector, sequence)
        })
    }
}

/// How FLATTEN was written.
struct FlattenOptions {
    var path: VariantPath
    var pathText: String
    var isOuter: Bool
    var isRecursive: Bool
    var mode: LogicalFlatten.Mode
}

/// Hands on the elements of each row's value.
protocol RowFlattener {
    /// False: no more rows are wanted. `sequence` is the number of input rows before this batch.
    func flatten(_ batch: Batch, _ vector: Vector, _ sequence: Int64) throws -> Bool
}
