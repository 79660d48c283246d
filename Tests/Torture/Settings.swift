#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import TestSupport

/// What the command line and the environment ask for.
struct Settings: Sendable {
    /// Where the seeds of a section begin.
    var seed: UInt64 = 20_260_000
    /// nil: each section's own number.
    var cases: Int?
    var lanes = 2
    let isLong = Effort.isLong

    func count(_ usual: Int, long: Int) -> Int { cases ?? (isLong ? long : usual) }
}

extension String {
    /// Blanks behind, up to a width.
    func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

/// Writes a line to the standard output, at once.
func say(_ text: String) { put(text, STDOUT_FILENO) }

/// Writes a line to the standard error.
func complain(_ text: String) { put(text, STDERR_FILENO) }

private func put(_ text: String, _ descriptor: Int32) {
    let bytes = Array((text + "\n").utf8)
    _ = write(descriptor, bytes, bytes.count)
}
