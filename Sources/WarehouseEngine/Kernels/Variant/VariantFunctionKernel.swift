import WarehouseBasics
import WarehouseColumns

/// Rows of the arguments of a semi-structured function.
struct VariantArguments {
    private let vectors: [Vector]
    private let strings: [Argument<StringView>]
    private let validities: [ArgumentValidity]

    init(_ vectors: [Vector]) {
        self.vectors = vectors
        strings = vectors.map { Argument<StringView>($0) }
        validities = vectors.map { ArgumentValidity($0) }
    }

    var count: Int { vectors.count }

    /// Bytes of the texts and semi-structured values of a row.
    func byteCount(_ row: Int) -> Int {
        var total = 0
        for (index, vector) in vectors.enumerated() where vector.physicalType == .string { total &+= strings[index][row].count }
        return total
    }

    func isValid(_ index: Int, _ row: Int) -> Bool { validities[index].isValid(row) }
    func variant(_ index: Int, _ row: Int) -> VariantView { VariantView(strings[index][row]) }
    func text(_ index: Int, _ row: Int) -> StringView { strings[index][row] }
    func integer(_ index: Int, _ row: Int) -> Int64 { Argument<Int64>(vectors[index])[row] }
    func boolean(_ index: Int, _ row: Int) -> Bool { Argument<UInt8>(vectors[index])[row] != 0 }
}

/// A function whose result is a VARIANT, ARRAY or OBJECT, built anew for each row.
final class VariantBuildKernel: ScalarKernel {
    /// Writes one document; false: the result is NULL.
    typealias Body = @Sendable (VariantArguments, Int, VariantBuilder) throws -> Bool
    private let body: Body
    private let builder = VariantBuilder()
    /// Arguments of which NULL makes the result NULL; nil: all.
    private let strictArguments: [Int]?
    override var isStrict: Bool { strictArguments == nil }

    init(strictArguments: [Int]? = nil, _ body: @escaping Body) {
        self.strictArguments = strictArguments
        self.body = body
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        for index in strictArguments ?? [] { output.intersectValidity(with: inputs[index], count: count) }
        let arguments = VariantArguments(inputs), out = output.strings, arena = output.arena
        var budget = TextBudget(rows: count), meter = LoopMeter()
        try output.forEachValid(count) { row in
            try meter.pass(bytes: arguments.byteCount(row))
            builder.reset()
            if try body(arguments, row, builder) {
                try builder.checkSize()
                try budget.takeValue(builder.encoded.count)
                out[row] = arena.copy(builder.encoded)
            } else {
                out[row] = .empty
                output.setNull(row)
            }
        }
    }
}

/// A function that finds its result within its first argument, without a copy.
final class VariantSliceKernel: ScalarKernel {
    /// The part; nil: NULL.
    typealias Body = @Sendable (VariantArguments, Int) throws -> StringView?
    private let body: Body
    init(_ body: @escaping Body) { self.body = body }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let arguments = VariantArguments(inputs), out = output.strings
        output.takeOwners(of: inputs[0])
        var meter = LoopMeter()
        try output.forEachValid(count) { row in
            try meter.pass(bytes: arguments.byteCount(row))
            if let part = try body(arguments, row) {
                out[row] = part
            } else {
                out[row] = .empty
                output.setNull(row)
            }
        }
    }
}

/// A question about semi-structured values.
final class VariantTestKernel: ScalarKernel {
    typealias Body = @Sendable (VariantArguments, Int) throws -> Bool
    private let body: Body
    init(_ body: @escaping Body) { self.body = body }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let arguments = VariantArguments(inputs), out = output.bools
        var meter = LoopMeter()
        try output.forEachValid(count) { row in
            try meter.pass(bytes: arguments.byteCount(row))
            out[row] = try body(arguments, row) ? 1 : 0
        }
    }
}

/// ARRAY_CONTAINS: of NULL true where an element is NULL of SQL, and else NULL.
final class ArrayContainsKernel: ScalarKernel {
    override var isStrict: Bool { false }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        output.intersectValidity(with: inputs[1], count: count)
        let arguments = VariantArguments(inputs), out = output.bools
        var meter = LoopMeter()
        try output.forEachValid(count) { row in
            let array = arguments.variant(1, row)
            try meter.step()
            if arguments.isValid(0, row) {
                out[row] = try ScalarKernels.position(arguments.variant(0, row), array) == nil ? 0 : 1
                return
            }
            let hasMissing = try (0..<array.elementCount).contains {
                try meter.step()
                return array[$0].kind == .undefined
            }
            out[row] = hasMissing ? 1 : 0
            if !hasMissing { output.setNull(row) }
        }
    }
}

/// A count or place in semi-structured values.
final class VariantCountKernel: ScalarKernel {
    /// nil: NULL.
    typealias Body = @Sendable (VariantArguments, Int) throws -> Int?
    private let body: Body
    init(_ body: @escaping Body) { self.body = body }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let arguments = VariantArguments(inputs), out = output.int64s
        var meter = LoopMeter()
        try output.forEachValid(count) { row in
            try meter.step()
            if let value = try body(arguments, row) {
                out[row] = Int64(value)
            } else {
                out[row] = 0
                output.setNull(row)
            }
        }
    }
}

/// A text made of semi-structured values.
final class VariantTextKernel: ScalarKernel {
    /// Appends the text; false: NULL.
    typealias Body = @Sendable (VariantArguments, Int, inout JSONPrinter, ByteBuffer) throws -> Bool
    private let body: Body
    private var printer: JSONPrinter
    private let text = ByteBuffer()

    init(_ formats: TextFormats, _ body: @escaping Body) {
        self.body = body
        printer = JSONPrinter(formats: formats)
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let arguments = VariantArguments(inputs), out = output.strings, arena = output.arena
        var budget = TextBudget(rows: count), meter = LoopMeter()
        try output.forEachValid(count) { row in
            try meter.pass(bytes: arguments.byteCount(row))
            text.removeAll()
            if try body(arguments, row, &printer, text) {
                try budget.take(text.count)
                out[row] = arena.copy(text.view)
            } else {
                out[row] = .empty
                output.setNull(row)
            }
        }
    }
}

/// PARSE_JSON and TRY_PARSE_JSON; with `isCheck`, CHECK_JSON: NULL for good JSON, else what is wrong.
final class ParseJSONKernel: ScalarKernel {
    private let isTry: Bool
    private let isCheck: Bool
    private let options: JSONParser.Options
    private let builder = VariantBuilder()

    init(isTry: Bool, isCheck: Bool = false, allowsDuplicateKeys: Bool = false) {
        self.isTry = isTry
        self.isCheck = isCheck
        var options = JSONParser.Options()
        options.allowsDuplicateKeys = allowsDuplicateKeys
        self.options = options
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), out = output.strings, arena = output.arena
        var parser = JSONParser(into: builder, options: options)
        var budget = TextBudget(rows: count)
        try output.forEachValid(count) { row in
            var result: StringView?
            do {
                let isPresent = try parser.parse(texts[row].bytes, count: texts[row].count)
                if isPresent, !isCheck { result = builder.encoded }
            } catch let error as WarehouseError {
                // What stops the statement is no fault of the text.
                try Interruption.check()
                if isCheck {
                    let lead = "Error parsing JSON: ", text = error.message
                    out[row] = arena.copy(Array((text.hasPrefix(lead) ? text.dropFirst(lead.count) : text[...]).utf8))
                    return
                }
                if !isTry { throw error }
            }
            if let result {
                try budget.takeValue(result.count)
                out[row] = arena.copy(result)
            } else {
                out[row] = .empty
                output.setNull(row)
            }
        }
    }
}
