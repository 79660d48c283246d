#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

enum Machine {
    /// Cores that this process may use: fewer than the machine's in a container, or below `taskset`.
    static let coreCount = max(1, allowedCores ?? sysconf(Int32(_SC_NPROCESSORS_ONLN)))

    /// What the system allows the process's first thread; nil where it does not say. The C library shows the function only
    /// to programs in GNU's C.
    private static var allowedCores: Int? {
        #if canImport(Glibc)
        typealias GetAffinity = @convention(c) (pid_t, Int, UnsafeMutableRawPointer) -> Int32
        guard let symbol = dlsym(nil, "sched_getaffinity") else { return nil }
        let getAffinity = unsafeBitCast(symbol, to: GetAffinity.self)
        return withUnsafeTemporaryAllocation(byteCount: affinityBytes, alignment: 8) { set in
            set.initializeMemory(as: UInt8.self, repeating: 0)
            guard getAffinity(getpid(), set.count, set.baseAddress!) == 0 else { return nil }
            return set.reduce(0) { $0 + $1.nonzeroBitCount }
        }
        #else
        return nil
        #endif
    }

    /// One bit a core, for as many as Linux can be built for.
    private static let affinityBytes = 1024

    /// Where the system wants files that nobody keeps.
    static var temporaryDirectory: String {
        guard let path = getenv("TMPDIR"), path.pointee != 0 else { return "/tmp" }
        return String(cString: path)
    }

    /// Bytes of memory that the machine has; nil where it does not say.
    static var memoryBytes: Int? {
        let (bytes, overflow) = sysconf(Int32(_SC_PHYS_PAGES)).multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE)))
        return overflow || bytes <= 0 ? nil : bytes
    }
}
