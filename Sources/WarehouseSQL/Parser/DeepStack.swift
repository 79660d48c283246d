#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

import WarehouseBasics

/// Runs work that recurses deeply on a thread with a large stack of its own, and waits for it.
///
/// A syntax tree may be `SyntaxLimits.maximumDepth` high, and a walk over it in a debug build takes kilobytes of
/// stack a level: more than the 512 KB that secondary threads have. The stack's pages cost nothing until touched.
public enum DeepStack {
    public static let defaultBytes = 256 << 20

    /// The result of `body`, run on a new thread with `bytes` of stack; nil when no thread could be made.
    public static func run<Result: Sendable>(
        bytes: Int = defaultBytes, _ body: @escaping @Sendable () -> Result
    ) -> Result? {
        let statement = Interruption.statement
        let work = Work { Interruption.$statement.withValue(statement, operation: body) }
        var attributes = pthread_attr_t()
        guard pthread_attr_init(&attributes) == 0 else { return nil }
        defer { pthread_attr_destroy(&attributes) }
        guard pthread_attr_setstacksize(&attributes, bytes) == 0 else { return nil }
        let argument = Unmanaged.passRetained(work as AnyWork)
        #if canImport(Darwin)
        var thread: pthread_t?
        let status = pthread_create(&thread, &attributes, { runWork($0) }, argument.toOpaque())
        guard status == 0, let thread else {
            argument.release()
            return nil
        }
        #else
        var thread = pthread_t()
        guard pthread_create(&thread, &attributes, { runWork($0) }, argument.toOpaque()) == 0 else {
            argument.release()
            return nil
        }
        #endif
        pthread_join(thread, nil)
        return work.result
    }

    /// Runs `body` on a thread of its own with a large stack, and waits for it; here where no thread can be made.
    public static func always<Result>(_ body: () throws -> Result) throws -> Result {
        try withoutActuallyEscaping(body) { body in
            nonisolated(unsafe) let work = body
            let outcome = run { Carried(value: Swift.Result { try work() }) }
            guard let outcome else { return try body() }
            return try outcome.value.get()
        }
    }

    /// Runs `body` here where the thread has a stack of a main thread's size, else as `always`.
    public static func withRoom<Result>(_ body: () throws -> Result) throws -> Result {
        if hasRoom { return try body() }
        return try always(body)
    }

    /// What one thread hands to the one that waits for it.
    private struct Carried<Value>: @unchecked Sendable {
        let value: Value
    }

    /// Less than the 8 MB that main threads have, more than the 512 KB of others on some systems.
    private static let roomBytes = 4 << 20

    #if canImport(Darwin)
    private static var hasRoom: Bool {
        pthread_main_np() == 1 || pthread_get_stacksize_np(pthread_self()) >= roomBytes
    }
    #else
    /// Threads have what the process's limit says, the main one and others, where nobody has said otherwise.
    private static let hasRoom: Bool = {
        var attributes = pthread_attr_t()
        guard pthread_attr_init(&attributes) == 0 else { return false }
        defer { pthread_attr_destroy(&attributes) }
        var bytes = 0
        return pthread_attr_getstacksize(&attributes, &bytes) == 0 && bytes >= roomBytes
    }()
    #endif

    /// Bytes of stack between `anchor`, an address taken earlier on this thread, and here.
    @inline(__always)
    static func bytesUsed(since anchor: UInt) -> UInt {
        var here: UInt8 = 0
        let address = withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) }
        return anchor > address ? anchor - address : 0
    }

    /// An address in the current frame.
    static func anchor() -> UInt {
        var here: UInt8 = 0
        return withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) }
    }
}

private class AnyWork: @unchecked Sendable {
    func run() {}
}

/// Written by its thread alone, read after the join.
private final class Work<Result: Sendable>: AnyWork, @unchecked Sendable {
    let body: @Sendable () -> Result
    var result: Result?
    init(_ body: @escaping @Sendable () -> Result) { self.body = body }
    override func run() { result = body() }
}

private func runWork(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<AnyWork>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
