#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics
import WarehouseColumns

/// UNIFORM(low, high, n) of integers: low to high, both included, as n's hash decides.
final class UniformIntegerKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let lows = Argument<Int64>(inputs[0]), highs = Argument<Int64>(inputs[1]), seeds = Argument<Int64>(inputs[2])
        let out = output.int64s
        try output.forEachValid(count) { row in
            let low = lows[row], high = highs[row]
            guard low <= high else {
                throw WarehouseError(.invalidValue, "UNIFORM: \(low) is above \(high).")
            }
            let span = UInt64(bitPattern: high &- low), hash = Hash64.mix(seeds[row])
            out[row] = span == .max ? Int64(bitPattern: hash)
                : low &+ Int64(bitPattern: hash.multipliedFullWidth(by: span + 1).high)
        }
    }
}

/// UNIFORM(low, high, n) of floats: from low up to, but without, high.
final class UniformFloatKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let lows = Argument<Double>(inputs[0]), highs = Argument<Double>(inputs[1]), seeds = Argument<Int64>(inputs[2])
        let out = output.doubles
        output.forEachValid(count) { row in
            out[row] = lows[row] + (highs[row] - lows[row]) * UniformFloatKernel.fraction(seeds[row])
        }
    }

    /// 0 up to 1, by an integer's hash.
    static func fraction(_ seed: Int64) -> Double { Double(Hash64.mix(seed) >> 11) * 0x1p-53 }
}

/// NORMAL(mean, deviation, n), by the Box-Muller transform.
final class NormalKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let means = Argument<Double>(inputs[0]), deviations = Argument<Double>(inputs[1])
        let seeds = Argument<Int64>(inputs[2]), out = output.doubles
        output.forEachValid(count) { row in
            let radius = (-2 * log(1 - UniformFloatKernel.fraction(seeds[row]))).squareRoot()
            let angle = 2 * Double.pi * UniformFloatKernel.fraction(~seeds[row] &* 0x5851_F42D_4C95_7F2D)
            out[row] = means[row] + deviations[row] * radius * cos(angle)
        }
    }
}

/// RANDSTR(length, n): letters and digits.
final class RandomTextKernel: ScalarKernel {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let lengths = Argument<Int64>(inputs[0]), seeds = Argument<Int64>(inputs[1])
        let out = output.strings, arena = output.arena
        var budget = TextBudget(rows: count)
        try output.forEachValid(count) { row in
            let length = Int(max(0, lengths[row]))
            try budget.take(length)
            var generator = SplitMix(seed: UInt64(bitPattern: seeds[row]))
            let text = arena.allocate(length)
            for index in 0..<length {
                text[index] = RandomTextKernel.alphabet[Int(generator.next().multipliedFullWidth(by: 62).high)]
            }
            out[row] = StringView(text, count: length)
        }
    }
}

/// ZIPF(s, N, n): 1 to N, k with a probability that falls as k to the power s, as n's hash decides.
final class ZipfKernel: ScalarKernel {
    static let maximumCount = 16_777_215
    private var known: (exponent: Double, count: Int64) = (.nan, 0)
    /// Sums of the weights up to each number.
    private var sums: [Double] = []

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let exponents = Argument<Double>(inputs[0]), counts = Argument<Int64>(inputs[1])
        let seeds = Argument<Int64>(inputs[2]), out = output.int64s
        try output.forEachValid(count) { row in
            try prepare(exponents[row], counts[row])
            let wanted = UniformFloatKernel.fraction(seeds[row]) * (sums.last ?? 0)
            var low = 0, high = sums.count - 1
            while low < high {
                let middle = (low + high) / 2
                if sums[middle] > wanted { high = middle } else { low = middle + 1 }
            }
            out[row] = Int64(low + 1)
        }
    }

    private func prepare(_ exponent: Double, _ count: Int64) throws {
        guard exponent != known.exponent || count != known.count else { return }
        guard exponent >= 0, count >= 1, count <= Int64(ZipfKernel.maximumCount) else {
            throw WarehouseError(.invalidValue, "ZIPF takes an exponent from 0 and a count from 1 to "
                + "\(ZipfKernel.maximumCount).")
        }
        var sum = 0.0
        sums = (1...Int(count)).map { number in
            sum += pow(Double(number), -exponent)
            return sum
        }
        known = (exponent, count)
    }
}
