import WarehouseBasics

/// One warehouse directory, opened by this process. Any number of stores, here and in other processes, may have it
/// open; one at a time writes.
public final class Store: Sendable {
    public let path: String
    /// Writing was not asked for, or the directory or medium does not permit it.
    public let isReadOnly: Bool

    init(path: String, isReadOnly: Bool) {
        self.path = path
        self.isReadOnly = isReadOnly
    }

    /// Makes a new warehouse; the directory is made when missing. Errors: `alreadyExists` when it holds a warehouse,
    /// `notAWarehouse` when it holds anything else.
    public static func create(at path: String, options: StoreOptions = StoreOptions()) throws(WarehouseError) -> Store {
        throw WarehouseError(.unsupported, "Creating a warehouse is not built yet.")
    }

    /// Opens a warehouse. Errors: `notAWarehouse`, `newerFormat`, `corrupt`, `inputOutput`. Opening takes no lock and
    /// changes nothing.
    public static func open(_ path: String, readOnly: Bool = false,
                            options: StoreOptions = StoreOptions()) throws(WarehouseError) -> Store {
        throw WarehouseError(.unsupported, "Opening a warehouse is not built yet.")
    }

    /// The newest published version, whichever process published it. Cheap when nothing has changed. Whatever the
    /// snapshot needs stays on disk while the snapshot lives.
    public func snapshot() throws(WarehouseError) -> StoreSnapshot {
        throw WarehouseError(.unsupported, "Snapshots are not built yet.")
    }

    /// Begins the write transaction, waiting up to `busyTimeoutSeconds` for another one, of this process too. Errors:
    /// `busy` naming the holder, `readOnly`.
    public func beginWrite() throws(WarehouseError) -> WriteTransaction {
        throw WarehouseError(.unsupported, "Writing is not built yet.")
    }
}
