import WarehouseBasics
import WarehouseColumns

extension AggregateFactory {
    /// Aggregates of moments and bits; nil when the name is none.
    func resolveStatistics() throws -> Plain? { nil }

    /// Aggregates that keep their rows; nil when the name is none.
    func resolveCollecting() throws -> Plain? { nil }
}
