import WarehouseColumns

/// CORR, COVAR_* and REGR_* of pairs (y, x) of doubles; a pair with a null is left out.
final class CovarianceAggregator: Aggregator {
    enum Kind: String {
        case corr = "CORR", covarianceSample = "COVAR_SAMP", covariancePopulation = "COVAR_POP"
        case slope = "REGR_SLOPE", intercept = "REGR_INTERCEPT", determination = "REGR_R2", count = "REGR_COUNT"
        case meanX = "REGR_AVGX", meanY = "REGR_AVGY", sxx = "REGR_SXX", syy = "REGR_SYY", sxy = "REGR_SXY"
    }
    private struct State {
        var count = 0.0
        var meanX = 0.0
        var meanY = 0.0
        var xx = 0.0
        var yy = 0.0
        var xy = 0.0
    }
    private var states = StateArray<State>(empty: State())
    private let kind: Kind
    private let resultType: PhysicalType

    init(_ kind: Kind, resultType: PhysicalType) {
        self.kind = kind
        self.resultType = resultType
    }

    override var hasSmallStates: Bool { true }
    override var allocatedBytes: Int { states.allocatedBytes }
    override func reserve(groups: Int) { states.grow(to: groups) }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        let first = flat(arguments, 0), second = flat(arguments, 1)
        let ys = first.doubles, xs = second.doubles, other = second.validity
        groups.forEach(states.states, first.validity, rows) { state, row in
            if let other, !ValidityWords.isValid(other, row) { return }
            let x = xs[row], y = ys[row]
            state.count += 1
            let dx = x - state.meanX, dy = y - state.meanY
            state.meanX += dx / state.count
            state.meanY += dy / state.count
            state.xx += dx * (x - state.meanX)
            state.yy += dy * (y - state.meanY)
            state.xy += dx * (y - state.meanY)
        }
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? CovarianceAggregator else { return }
        for index in 0..<count {
            let a = states.states[Int(to[index])], b = other.states.states[Int(from[index])]
            guard b.count > 0 else { continue }
            // Exactly the other's, which what follows is not.
            guard a.count > 0 else {
                states.states[Int(to[index])] = b
                continue
            }
            let n = a.count + b.count, dx = b.meanX - a.meanX, dy = b.meanY - a.meanY
            let weight = a.count * b.count / n
            states.states[Int(to[index])] = State(
                count: n, meanX: a.meanX + dx * b.count / n, meanY: a.meanY + dy * b.count / n,
                xx: a.xx + b.xx + dx * dx * weight, yy: a.yy + b.yy + dy * dy * weight,
                xy: a.xy + b.xy + dx * dy * weight)
        }
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        states.grow(to: groups)
        if kind == .count, resultType.isInteger {
            return try AggregateResult.integers(groups, resultType) { Int128(states.states[$0].count) }
        }
        return AggregateResult.doubles(groups) { result(states.states[$0]) }
    }

    private func result(_ state: State) -> Double? {
        let n = state.count
        if kind == .count { return n }
        guard n > 0 else { return nil }
        switch kind {
        case .corr: return state.xx > 0 && state.yy > 0 ? state.xy / (state.xx * state.yy).squareRoot() : nil
        case .covarianceSample: return n > 1 ? state.xy / (n - 1) : nil
        case .covariancePopulation: return state.xy / n
        case .slope: return state.xx > 0 ? state.xy / state.xx : nil
        case .intercept: return state.xx > 0 ? state.meanY - state.xy / state.xx * state.meanX : nil
        case .determination:
            guard state.xx > 0 else { return nil }
            return state.yy > 0 ? state.xy * state.xy / (state.xx * state.yy) : 1
        case .meanX: return state.meanX
        case .meanY: return state.meanY
        case .sxx: return state.xx
        case .syy: return state.yy
        case .sxy: return state.xy
        case .count: return n
        }
    }
}
