import Synchronization
import WarehouseBasics
import WarehouseColumns

/// An operator that knows beforehand how many rows each of its stripes puts out.
protocol CountedOperator: PhysicalOperator {
    /// Nil where only reading tells. Asked before `prepare`; then the operator may be prepared and run again.
    func stripeRows() -> [Int]?
}

/// Collects rows whose number is known stripe by stripe: each batch goes to its place among all rows at once. Collected in
/// parts, values were written to memory twice, and every page of it was made first.
final class CountedCollector {
    /// Rows that are coded together: as many as stay in the processor's cache.
    private static let codedRows = 1 << 16

    private struct CodeTarget {
        let coder = ColumnCoder()
        let codes: UnsafeMutablePointer<UInt8>
    }

    private let types: [PhysicalType]
    private let starts: [Int]
    private let rowCount: Int
    private let context: QueryContext
    private let columns: [ColumnBuffer]
    private var targets: [Int: CodeTarget] = [:]
    /// Neighbouring batches share words of validity.
    private let validityLock = Monitor()
    private let hasFailed = Atomic(false)

    /// All rows, those columns of `coding` that have few distinct values as codes. Nil, with nothing reserved, where the
    /// rows are not known or not of fixed width, where there is no room for them, or where a column cannot be coded.
    static func collect(_ input: any PhysicalOperator, coding: Set<Int>, atLeast: Int, _ context: QueryContext,
                        _ reservation: MemoryReservation) throws -> (rows: RowBuffer, coded: [Int: CodedColumn])? {
        guard let stripeRows = (input as? any CountedOperator)?.stripeRows(), stripeRows.reduce(0, +) >= atLeast,
              input.outputTypes.allSatisfy({ $0 != .string && $0 != .list }) else { return nil }
        let total = stripeRows.reduce(0, +)
        let rowBytes = input.outputTypes.indices.reduce(0) { $0 + (coding.contains($1) ? 1 : input.outputTypes[$1].stride) }
        guard try hasRoom(total * rowBytes, context, reservation) else { return nil }
        let collector = CountedCollector(input.outputTypes, stripeRows, coding, context)
        let stripes = try input.prepare(context)
        guard stripes == stripeRows.count, try collector.run(input, stripes) else {
            reservation.shrink(to: 0)
            return nil
        }
        return (RowBuffer(columns: collector.columns, rowCount: total), collector.takeCodes())
    }

    private static func hasRoom(_ bytes: Int, _ context: QueryContext, _ reservation: MemoryReservation) throws -> Bool {
        if context.spill != nil, context.memory.limitBytes != nil { return reservation.growElastically(to: bytes) }
        try reservation.resize(to: bytes)
        return true
    }

    private init(_ types: [PhysicalType], _ stripeRows: [Int], _ coding: Set<Int>, _ context: QueryContext) {
        self.types = types
        self.context = context
        var count = 0
        starts = stripeRows.map { rows in
            defer { count += rows }
            return count
        }
        rowCount = count
        columns = types.enumerated().map { index, type in
            guard !coding.contains(index) else { return ColumnBuffer(type) }
            let column = ColumnBuffer(type, capacity: count)
            column.commit(count)
            return column
        }
        for index in coding { targets[index] = CodeTarget(codes: PageMemory.allocate(UInt8.self, count: count)) }
    }

    deinit { for target in targets.values { PageMemory.deallocate(target.codes, count: rowCount) } }

    private func takeCodes() -> [Int: CodedColumn] {
        let coded = targets.mapValues { $0.coder.coded($0.codes, count: rowCount) }
        targets.removeAll()
        return coded
    }

    /// False where other rows came than were told, or a column has too many values for codes.
    private func run(_ input: any PhysicalOperator, _ stripes: Int) throws -> Bool {
        try TaskPool.run(stripes: stripes, threads: context.threads) { stripe in
            guard !hasFailed.load(ordering: .relaxed) else { return }
            let end = stripe + 1 < stripes ? starts[stripe + 1] : rowCount
            let writer = StripeWriter(place: starts[stripe], end: end, coded: targets.keys.sorted())
            try input.run(stripe: stripe, context, into: ClosureConsumer { [self] batch in try add(batch, writer) })
            if writer.place != end || !flush(writer) { hasFailed.store(true, ordering: .relaxed) }
        }
        return !hasFailed.load(ordering: .relaxed)
    }

    private func add(_ batch: Batch, _ writer: StripeWriter) throws -> Bool {
        try context.checkCancelled()
        let count = batch.rowCount
        guard !hasFailed.load(ordering: .relaxed), count <= writer.end - writer.place else { return false }
        for (index, vector) in batch.vectors.enumerated() {
            guard vector.physicalType == types[index] else { return false }
            if let pending = writer.pending[index] { pending.append(vector, 0..<count) }
            else { copy(vector, count, to: columns[index], at: writer.place) }
        }
        writer.place += count
        return writer.place - writer.codedPlace < Self.codedRows || flush(writer)
    }

    private func copy(_ vector: Vector, _ count: Int, to column: ColumnBuffer, at place: Int) {
        var source = vector
        if vector.form != .flat {
            source = Vector(vector.physicalType, capacity: vector.count)
            source.fillFlat(from: vector)
        }
        let stride = column.physicalType.stride
        (column.values + place * stride).copyMemory(from: source.values, byteCount: count * stride)
        guard let words = source.validity else { return }
        validityLock.withLock {
            for row in 0..<count where !ValidityWords.isValid(words, row) { column.setNull(place + row) }
        }
    }

    /// Codes what waits; false where there are too many values.
    private func flush(_ writer: StripeWriter) -> Bool {
        for (index, pending) in writer.pending {
            guard let target = targets[index], target.coder.code(pending, into: target.codes + writer.codedPlace) else {
                return false
            }
            writer.pending[index] = ColumnBuffer(types[index])
        }
        writer.codedPlace = writer.place
        return true
    }
}

/// Where the next rows of a stripe go.
private final class StripeWriter {
    var place: Int
    let end: Int
    /// Values that are to be coded, from `codedPlace` on.
    var pending: [Int: ColumnBuffer]
    var codedPlace: Int

    init(place: Int, end: Int, coded: [Int]) {
        self.place = place
        self.end = end
        codedPlace = place
        pending = Dictionary(uniqueKeysWithValues: coded.map { ($0, ColumnBuffer(.double)) })
    }
}
