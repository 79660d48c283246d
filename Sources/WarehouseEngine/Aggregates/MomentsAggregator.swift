import WarehouseColumns

/// VAR_POP, VAR_SAMP, STDDEV_POP, STDDEV_SAMP, SKEW and KURTOSIS of doubles, by running central moments (Welford,
/// Pébay), which stay exact where sums of squares cancel.
final class MomentsAggregator: Aggregator {
    enum Kind {
        case variancePopulation, varianceSample, deviationPopulation, deviationSample
        /// Sample skewness.
        case skew
        /// Sample excess kurtosis.
        case kurtosis
    }
    private struct State {
        var count = 0.0
        var mean = 0.0
        var second = 0.0
        var third = 0.0
        var fourth = 0.0
    }
    private var states = StateArray<State>(empty: State())
    private let kind: Kind

    init(_ kind: Kind) { self.kind = kind }

    override var hasSmallStates: Bool { true }
    override var allocatedBytes: Int { states.allocatedBytes }
    override func reserve(groups: Int) { states.grow(to: groups) }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        let vector = flat(arguments, 0), values = vector.doubles
        switch kind {
        case .skew, .kurtosis:
            groups.forEach(states.states, vector.validity, rows) { state, row in
                MomentsAggregator.combine(&state, State(count: 1, mean: values[row]))
            }
        default:
            groups.forEach(states.states, vector.validity, rows) { state, row in
                let value = values[row]
                state.count += 1
                let distance = value - state.mean
                state.mean += distance / state.count
                state.second += distance * (value - state.mean)
            }
        }
    }

    private static func combine(_ a: inout State, _ b: State) {
        guard b.count > 0 else { return }
        guard a.count > 0 else {
            a = b
            return
        }
        let n = a.count + b.count, d = b.mean - a.mean
        let dn = d / n, product = a.count * b.count
        let second = a.second + b.second + d * dn * product
        let third = a.third + b.third + d * dn * dn * product * (a.count - b.count)
            + 3 * dn * (a.count * b.second - b.count * a.second)
        let fourth = a.fourth + b.fourth
            + d * dn * dn * dn * product * (a.count * a.count - product + b.count * b.count)
            + 6 * dn * dn * (a.count * a.count * b.second + b.count * b.count * a.second)
            + 4 * dn * (a.count * b.third - b.count * a.third)
        a = State(count: n, mean: a.mean + dn * b.count, second: second, third: third, fourth: fourth)
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? MomentsAggregator else { return }
        for index in 0..<count {
            MomentsAggregator.combine(&states.states[Int(to[index])], other.states.states[Int(from[index])])
        }
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        states.grow(to: groups)
        return AggregateResult.doubles(groups) { result(states.states[$0]) }
    }

    private func result(_ state: State) -> Double? {
        let n = state.count
        guard n > 0 else { return nil }
        switch kind {
        case .variancePopulation: return state.second / n
        case .varianceSample: return n > 1 ? state.second / (n - 1) : nil
        case .deviationPopulation: return (state.second / n).squareRoot()
        case .deviationSample: return n > 1 ? (state.second / (n - 1)).squareRoot() : nil
        case .skew:
            guard n > 2, state.second != 0 else { return nil }
            let variance = state.second / n
            return (n * (n - 1)).squareRoot() / (n - 2) * (state.third / n) / (variance * variance.squareRoot())
        case .kurtosis:
            guard n > 3, state.second != 0 else { return nil }
            let variance = state.second / (n - 1)
            return n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * state.fourth / (variance * variance)
                - 3 * (n - 1) * (n - 1) / ((n - 2) * (n - 3))
        }
    }
}
