/// What can be asked to stop, and says so to whoever works for it.
public protocol Interruptible: AnyObject, Sendable {
    /// Throws when it is to stop.
    func checkCancelled() throws(WarehouseError)
}

/// The statement that this thread works for: for long loops over a single value, which know nothing of statements.
public enum Interruption {
    @TaskLocal public static var statement: (any Interruptible)?

    /// Throws when the statement is to stop.
    public static func check() throws(WarehouseError) {
        if let statement { try statement.checkCancelled() }
    }

    /// Whether the statement is to stop.
    public static var isAsked: Bool {
        do throws(WarehouseError) {
            try check()
            return false
        } catch {
            return true
        }
    }
}
