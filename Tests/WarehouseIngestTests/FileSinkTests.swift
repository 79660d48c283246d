#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Testing
import WarehouseBasics
import WarehouseIngest

@Suite struct FileSinkTests {
    /// A statement that was stopped before it began.
    private final class Stopped: Interruptible {
        func checkCancelled() throws(WarehouseError) { throw WarehouseError(.cancelled, "stopped") }
    }

    /// What was not waited for is not whole, and a second call must not pass it off as such.
    @Test func whatWasInterruptedNeverFinishes() throws {
        let path = "/tmp/mlwh-sink-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        defer { unlink(path) }
        let sink = try FileSink(path: path)
        let bytes = [UInt8](repeating: 1, count: BackgroundClose.quickBytes + 1)
        try bytes.withUnsafeBytes { try sink.write($0) }
        let first = #expect(throws: WarehouseError.self) { try Interruption.$statement.withValue(Stopped()) { try sink.finish() } }
        #expect(first?.code == ErrorKind.cancelled.code)
        let second = #expect(throws: WarehouseError.self) { try sink.finish() }
        #expect(second?.code == ErrorKind.inputOutput.code)
    }

    @Test(arguments: [1, BackgroundClose.quickBytes + 1])
    func whatIsWholeMayFinishTwice(_ count: Int) throws {
        let path = "/tmp/mlwh-sink-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        defer { unlink(path) }
        let sink = try FileSink(path: path)
        try [UInt8](repeating: 1, count: count).withUnsafeBytes { try sink.write($0) }
        try sink.finish()
        try sink.finish()
        #expect(try FileSource(path: path).sizeBytes() == count)
    }
}
