import WarehouseBasics
import WarehouseColumns

extension AggregateFactory {
    /// Aggregates whose states can be kept, bitmaps and collections of ARRAY; nil when the name is none.
    func resolveSketches() throws -> Plain? {
        let document = ColumnBinding(index: 0, physicalType: .string)
        switch function {
        case "ARRAY_UNIQUE_AGG":
            let field = try first.field
            return listed(document, required: [0], distinct: [0], unique: [KeyColumn(column: 0, field: field)], ArrayReducer())
        case "ARRAY_UNION_AGG": return collecting(document, required: [0], distinct: [], ArrayUnionReducer())
        case "APPROX_TOP_K", "APPROX_TOP_K_ACCUMULATE":
            let limit = constantCount(1) ?? 1, isState = function == "APPROX_TOP_K_ACCUMULATE"
            return collecting(document, required: [0], distinct: [],
                              TopFrequenciesReducer(limit: limit, isState: isState))
        case "APPROX_TOP_K_COMBINE":
            let counters = constantCount(1) ?? 0
            return collecting(document, required: [0], distinct: [], CombineFrequenciesReducer(counters: counters))
        case "APPROX_PERCENTILE_ACCUMULATE":
            return collecting(document, required: [0], distinct: [], PercentileStateReducer())
        case "APPROX_PERCENTILE_COMBINE":
            return collecting(document, required: [0], distinct: [], CombinePercentilesReducer())
        case "BITMAP_CONSTRUCT_AGG", "BITMAP_OR_AGG":
            let isCombining = function == "BITMAP_OR_AGG"
            return collecting(document, required: [0], distinct: [], BitmapReducer(isCombining: isCombining))
        case "HLL_ACCUMULATE", "HLL_COMBINE":
            let isCombining = function == "HLL_COMBINE", field = try first.field
            return collecting(document, required: [0], distinct: [],
                              HyperLogLogReducer(isCombining: isCombining, field: field))
        case "MINHASH":
            let fields = arguments.dropLast().map(\.field), count = constantCount(arguments.count - 1) ?? 1
            return collecting(document, required: [], distinct: [],
                              MinHashReducer(count: count, fields: fields, isCombining: false))
        case "MINHASH_COMBINE":
            return collecting(document, required: [0], distinct: [],
                              MinHashReducer(count: 0, fields: [], isCombining: true))
        case "APPROXIMATE_SIMILARITY":
            return collecting(ColumnBinding(index: 0, physicalType: .double), required: [0], distinct: [],
                              SimilarityReducer())
        default: return nil
        }
    }

    /// The value of a constant argument.
    func constantCount(_ index: Int) -> Int? {
        guard index >= 0, index < constants.count, case .integer(let value)? = constants[index] else { return nil }
        return Int(exactly: value)
    }
}
