/// What can be asked to stop, and says so to whoever works for it.
public protocol Interruptible: AnyObject, Sendable {
    /// Throws when it is to stop.
    func checkCancelled() throws(WarehouseError)
    /// Makes it stop by `error`: for what cannot throw.
    func fail(_ error: WarehouseError)
}

extension Interruptible {
    public func fail(_ error: WarehouseError) {}
}

/// The statement that this thread works for: for long loops over a single value, which know nothing of statements.
public enum Interruption {
    @TaskLocal public static var statement: (any Interruptible)?

    /// Throws when the statement is to stop.
    public static func check() throws(WarehouseError) {
        if let statement { try statement.checkCancelled() }
    }

    /// Makes the statement stop by `error` at its next look: for loops that cannot throw.
    public static func fail(_ error: WarehouseError) { statement?.fail(error) }

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
