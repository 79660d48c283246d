#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How much a random test does: what a debug build does in seconds, or with MLWH_LONG=1 many times that.
public enum Effort {
    public static let isLong = getenv("MLWH_LONG").map { String(cString: $0) } == "1"

    public static func pick<Cases>(_ usual: Cases, long: Cases) -> Cases { isLong ? long : usual }
}
