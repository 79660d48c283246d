import WarehouseBasics
import WarehouseColumns

/// GREATEST and LEAST of values of one type.
final class GreatestKernel: ScalarKernel {
    private let domain: ComparisonDomain
    private let isLeast: Bool
    private let ignoresNulls: Bool
    override var isStrict: Bool { !ignoresNulls }

    init(_ domain: ComparisonDomain, isLeast: Bool, ignoresNulls: Bool) {
        self.domain = domain
        self.isLeast = isLeast
        self.ignoresNulls = ignoresNulls
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        for input in inputs { output.takeOwners(of: input) }
        switch domain {
        case .physical(.bool): choose(inputs, output, count, as: UInt8.self) { $0 < $1 }
        case .physical(.int32): choose(inputs, output, count, as: Int32.self) { $0 < $1 }
        case .physical(.int64): choose(inputs, output, count, as: Int64.self) { $0 < $1 }
        case .physical(.int128): choose(inputs, output, count, as: Int128.self) { $0 < $1 }
        case .physical(.double):
            choose(inputs, output, count, as: Double.self) { DoubleOrder.key($0) < DoubleOrder.key($1) }
        case .zoned: choose(inputs, output, count, as: Int128.self) { $0 >> 16 < $1 >> 16 }
        case .physical(.string): choose(inputs, output, count, as: StringView.self) { $0 < $1 }
        case .variant: choose(inputs, output, count, as: StringView.self) { VariantOrder.compare($0, $1) < 0 }
        case .physical(.list): throw WarehouseError(.unsupported, "Unsupported feature 'GREATEST of arrays'.")
        }
    }

    @inline(__always) private func choose<T: BitwiseCopyable>(
        _ inputs: [Vector], _ output: Vector, _ count: Int, as type: T.Type, _ precedes: (T, T) -> Bool
    ) {
        let out = output.values.assumingMemoryBound(to: T.self)
        let arguments = inputs.map { Argument<T>($0) }, validities = inputs.map { ArgumentValidity($0) }
        if !ignoresNulls {
            output.forEachValid(count) { row in
                var best = arguments[0][row]
                for argument in arguments.dropFirst() {
                    let value = argument[row]
                    if isLeast ? precedes(value, best) : precedes(best, value) { best = value }
                }
                out[row] = best
            }
            return
        }
        for row in 0..<count {
            var best: T?
            for index in arguments.indices where validities[index].isValid(row) {
                let value = arguments[index][row]
                if let known = best, !(isLeast ? precedes(value, known) : precedes(known, value)) { continue }
                best = value
            }
            if let best {
                out[row] = best
            } else {
                output.storeZero(at: row)
                output.setNull(row)
            }
        }
    }
}
