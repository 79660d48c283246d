#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

enum Machine {
    /// Cores that this process may use.
    static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
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
