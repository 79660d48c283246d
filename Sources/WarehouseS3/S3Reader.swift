#if S3
import MiniWarehouse
import NIOCore
import WarehouseBasics
import WarehouseIngest

/// Reads an object by ranges, the next ones asked for while the current one is taken: memory is bounded, a broken
/// connection costs one range, and If-Match holds all to one version of the object.
final class S3Reader: ByteSource {
    private let client: S3Client
    private let object: StoredObject
    private let rangeBytes: Int
    private let ahead: Int
    /// Requests under way, in order.
    private var pending: [(range: Range<Int>, answer: EventLoopFuture<S3Response>?)] = []
    private var requested = 0
    private var current: [UInt8] = []
    private var taken = 0
    private(set) var bytesConsumed = 0

    init(_ client: S3Client, _ object: StoredObject, rangeBytes: Int = 8 << 20, ahead: Int = 2) {
        self.client = client
        self.object = object
        self.rangeBytes = max(1, min(rangeBytes, S3Client.maximumAnswerBytes))
        self.ahead = max(1, ahead)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if taken == current.count {
            request()
            guard !pending.isEmpty else { return 0 }
            let next = pending.removeFirst()
            current = try receive(next.range, next.answer)
            taken = 0
            request()
        }
        let count = min(buffer.count, current.count - taken)
        current.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[taken..<taken + count])) }
        taken += count
        bytesConsumed += count
        return count
    }

    private func request() {
        while pending.count < ahead, requested < object.size {
            let range = requested..<min(requested + rangeBytes, object.size)
            requested = range.upperBound
            pending.append((range, try? client.begin(.GET, object.key, headers: headers(range))))
        }
    }

    private func headers(_ range: Range<Int>) -> [(name: String, value: String)] {
        var headers = [(name: "range", value: "bytes=\(range.lowerBound)-\(range.upperBound - 1)")]
        if !object.contentTag.isEmpty { headers.append((name: "if-match", value: "\"\(object.contentTag)\"")) }
        return headers
    }

    /// The bytes of a range: those that were asked for, or after a failure asked for anew.
    private func receive(_ range: Range<Int>, _ answer: EventLoopFuture<S3Response>?) throws -> [UInt8] {
        var response = try? answer?.wait()
        if response?.status != 206 && response?.status != 200 || response?.body.count != range.count {
            response = try client.send(.GET, object.key, headers: headers(range), accepted: [200, 206])
        }
        if let other = response?.headers.first(name: "content-range"), response?.status == 206,
           !other.hasPrefix("bytes \(range.lowerBound)-\(range.upperBound - 1)/") {
            throw WarehouseError(
                .stageAccess, "\(client.display)/\(object.key) answered with '\(other)' where the bytes "
                    + "\(range.lowerBound)-\(range.upperBound - 1) were asked for.")
        }
        guard let body = response?.body, body.count == range.count else {
            throw WarehouseError(
                .stageAccess, "\(client.display)/\(object.key) answered with \(response?.body.count ?? 0) bytes where "
                    + "\(range.count) were asked for.", hint: "It may have been replaced while it was read.")
        }
        return body
    }
}
#endif
