#if S3
import MiniWarehouse
import NIOHTTP1
import WarehouseBasics
import WarehouseIngest

/// Writes an object: by one PUT when it is small, else in parts, of which an upload that is not finished leaves none.
final class S3Writer: ObjectWriter {
    private let client: S3Client
    private let key: String
    private let partBytes: Int
    private var waiting: [UInt8] = []
    private var uploadID: String?
    private var tags: [String] = []
    private var sentBytes = 0
    private var isFinished = false

    /// S3's least for a part that is not the last is 5 MB, its most parts 10,000: sizes grow with their number.
    init(_ client: S3Client, _ key: String, partBytes: Int = 8 << 20) {
        self.client = client
        self.key = key
        self.partBytes = partBytes
    }

    deinit { if !isFinished { cancel() } }

    private var currentPartBytes: Int { partBytes << min(6, tags.count / 1000) }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while rest.count > 0 {
            let count = min(rest.count, currentPartBytes - waiting.count)
            waiting.append(contentsOf: rest[..<count])
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            if waiting.count == currentPartBytes { try sendPart() }
        }
    }

    /// Keeps only small objects in memory.
    func seal() throws {
        if waiting.count > S3Writer.sealedBytes || uploadID != nil, !waiting.isEmpty { try sendPart() }
    }

    private static let sealedBytes = 64 << 10

    func finish() throws {
        guard !isFinished else { return }
        guard let uploadID else {
            _ = try client.send(.PUT, key, headers: [("content-length", "\(waiting.count)")], body: waiting)
            isFinished = true
            return
        }
        if !waiting.isEmpty { try sendPart() }
        let parts = tags.enumerated().map { "<Part><PartNumber>\($0 + 1)</PartNumber><ETag>\($1)</ETag></Part>" }
        let body = "<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>"
        try complete(uploadID, Array(body.utf8))
        isFinished = true
    }

    /// An error may come with status 200, once the server has begun to answer.
    private func complete(_ uploadID: String, _ body: [UInt8]) throws {
        for attempt in 1... {
            let response = try client.send(.POST, key, query: [("uploadId", uploadID)], body: body, accepted: [200, 404])
            if case .element("CompleteMultipartUploadResult", _)? = S3Document(response.body).root { return }
            // An earlier attempt whose answer was lost has ended the upload: the object is there.
            if response.status == 404, try isThere() { return }
            guard S3Client.isPassing(response), attempt < 4 else { throw client.failure(response, key) }
            S3Client.pause(attempt)
        }
    }

    /// The tag of an object that was put in parts ends with their number.
    private func isThere() throws -> Bool {
        try S3Bucket(client: client).list(prefix: key).contains {
            $0.key == key && $0.size == sentBytes && $0.contentTag.hasSuffix("-\(tags.count)")
        }
    }

    private func sendPart() throws {
        let upload = try uploadID ?? beginUpload()
        let response = try client.send(
            .PUT, key, query: [("partNumber", "\(tags.count + 1)"), ("uploadId", upload)], body: waiting)
        guard let tag = response.headers.first(name: "etag") else {
            throw WarehouseError(.stageAccess, "\(client.display)/\(key): the server did not acknowledge a part.")
        }
        tags.append(tag)
        sentBytes += waiting.count
        waiting.removeAll(keepingCapacity: true)
    }

    private func beginUpload() throws -> String {
        let response = try client.send(.POST, key, query: [("uploads", "")])
        guard let id = S3Document(response.body)["UploadId"] else { throw client.failure(response, key) }
        uploadID = id
        return id
    }

    private func cancel() {
        guard let uploadID else { return }
        _ = try? client.send(.DELETE, key, query: [("uploadId", uploadID)], accepted: [200, 204, 404])
    }
}
#endif
