import WarehouseBasics
import WarehouseColumns

/// Reads one column of one segment, from one thread, best in ascending order: a chunk is kept from call to call.
public final class ColumnCursor {
    /// Gives numbers kept by dictionary as dictionary vectors, too, instead of flat.
    public var keepsNumberDictionaries = false

    init() {}

    /// Fills `vector` with rows `row ..< row + count`, deleted ones too. `count` is at most 2048 and the rows lie
    /// within one window of 2048 (`row / 2048 == (row + count - 1) / 2048`).
    ///
    /// The vector, of type `physical`, gets the form that is at hand: dictionary for strings kept so (one dictionary a
    /// segment, shared by reference), constant, runs, else flat. `physical` is `TableSnapshot.physicalType`, or for
    /// integers a wider one. Errors: `corrupt`, `inputOutput`.
    public func read(row: Int, count: Int, into vector: Vector, as physical: PhysicalType) throws(WarehouseError) {
        throw WarehouseError(.unsupported, "Reading columns is not built yet.")
    }
}
