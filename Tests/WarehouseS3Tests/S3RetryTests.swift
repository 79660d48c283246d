#if S3
import MiniWarehouse
import Testing
import WarehouseBasics
@testable import WarehouseS3

/// How the client meets a server that refuses: answers are canned.
@Suite struct S3RetryTests {
    private func client(_ server: CannedServer, region: String = "us-east-1") throws -> S3Client {
        S3Client(try S3Address(bucket: "movies", region: region, endpoint: "http://127.0.0.1:\(server.port)"),
                 S3Credentials(keyID: "AKIAEXAMPLE", secretKey: "hush-hush", sessionToken: "quiet-quiet"))
    }

    private let empty = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"

    @Test func busyServersAreAskedAgain() throws {
        let server = try CannedServer([
            (503, [:], "<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"),
            (500, [:], ""), (200, [:], empty),
        ])
        #expect(try S3Bucket(client: client(server)).list(prefix: "").isEmpty)
        #expect(server.requests.count == 3)
        #expect(server.requests.allSatisfy { $0.contains("Credential=AKIAEXAMPLE/") && !$0.contains("hush-hush") })
    }

    @Test func aWrongSecretIsSaidOnceAndClearly() throws {
        let server = try CannedServer([
            (403, [:], "<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not "
                + "match</Message><StringToSign>hush-hush</StringToSign></Error>"),
        ])
        do {
            _ = try S3Bucket(client: client(server)).list(prefix: "")
            Issue.record("no error")
        } catch let error as WarehouseError {
            #expect(error.message.contains("SignatureDoesNotMatch"))
            #expect("\(error) \(error.hint ?? "")".contains("secret key is wrong"))
            for secret in ["hush-hush", "quiet-quiet", "AKIAEXAMPLE"] { #expect(!"\(error)".contains(secret)) }
        }
        #expect(server.requests.count == 1)
    }

    @Test func theServersRegionIsTaken() throws {
        let server = try CannedServer([
            (400, [:], "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-3</Region></Error>"),
            (200, [:], empty), (301, ["x-amz-bucket-region": "eu-north-1"], ""), (200, [:], empty),
        ])
        let client = try client(server)
        _ = try S3Bucket(client: client).list(prefix: "")
        _ = try S3Bucket(client: client).list(prefix: "")
        #expect(server.requests.map { $0.contains("/eu-west-3/s3/") } == [false, true, true, false])
        #expect(server.requests[3].contains("/eu-north-1/s3/"))
    }

    @Test func brokenRangesAreAskedForAgain() throws {
        let server = try CannedServer([
            (206, [:], "abc"), (400, [:], "<Error><Code>RequestTimeout</Code></Error>"), (206, [:], "abcde"),
        ])
        let reader = S3Reader(try client(server), StoredObject(key: "k", size: 5, modifiedAt: 0, contentTag: "t"))
        var bytes = [UInt8](repeating: 0, count: 10)
        let count = try bytes.withUnsafeMutableBytes { try reader.read(into: $0) }
        #expect(String(decoding: bytes[..<count], as: UTF8.self) == "abcde")
        #expect(server.requests.count == 3 && server.requests.allSatisfy { $0.lowercased().contains("range: bytes=0-4") })
    }

    /// The end of an upload in parts may fail with a status of success, or have happened although its answer was lost.
    @Test(arguments: [true, false]) func uploadsInPartsEnd(isThere: Bool) throws {
        let begin: CannedServer.Answer = (200, [:], "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")
        let part: CannedServer.Answer = (200, ["ETag": "\"x\""], "")
        let gone: CannedServer.Answer = (404, [:], "<Error><Code>NoSuchUpload</Code><Message>The upload does not exist</Message></Error>")
        let listing = "<ListBucketResult><Contents><Key>k</Key><Size>\(isThere ? 8 : 7)</Size><ETag>\"abc-2\"</ETag></Contents>"
            + "</ListBucketResult>"
        let server = try CannedServer([
            begin, part, part, (200, [:], "<Error><Code>InternalError</Code><Message>again</Message></Error>"), gone,
            (200, [:], listing), (204, [:], ""),
        ])
        let writer = S3Writer(try client(server), "k", partBytes: 4)
        try Array("12345678".utf8).withUnsafeBytes { try writer.write($0) }
        if isThere {
            try writer.finish()
        } else {
            #expect { try writer.finish() } throws: { "\($0)".contains("The upload does not exist") }
        }
        #expect(server.requests.count >= 6)
    }

    /// Without EncodingType a `+` in a key is a plus.
    @Test(arguments: [true, false]) func keysOfListings(isEncoded: Bool) throws {
        let server = try CannedServer([(200, [:], "<ListBucketResult>\(isEncoded ? "<EncodingType>url</EncodingType>" : "")"
            + "<Contents><Key>a+b%41</Key><Size>1</Size></Contents></ListBucketResult>")])
        #expect(try S3Bucket(client: client(server)).list(prefix: "").map(\.key) == [isEncoded ? "a bA" : "a+b%41"])
    }

    /// Sizes that nothing has and times that 64 bits do not reach end in an error or are passed over, not in a trap.
    @Test func listingsThatLie() throws {
        func listing(_ size: String, _ time: String) throws -> [StoredObject] {
            let contents = "<Contents><Key>k</Key><Size>\(size)</Size><LastModified>\(time)</LastModified></Contents>"
            let server = try CannedServer([(200, [:], "<ListBucketResult>\(contents)\(contents)</ListBucketResult>")])
            return try S3Bucket(client: client(server)).list(prefix: "")
        }
        for size in ["-1", "9223372036854775807", "1152921504606846976"] {
            #expect(throws: WarehouseError.self) { try listing(size, "2026-11-21T09:30:00.000Z") }
        }
        #expect(try listing("5", "9999-12-31T23:59:59Z").map(\.modifiedAt) == [0, 0])
        #expect(try listing("5", "2026-11-21T09:30:00.000Z").map(\.modifiedAt)[0] == 1_795_253_400_000_000_000)
    }

    /// Bytes of another range than was asked for are none of the object's.
    @Test func otherRangesAreRefused() throws {
        let server = try CannedServer([(206, ["Content-Range": "bytes 5-9/10"], "abcde")])
        let reader = S3Reader(try client(server), StoredObject(key: "k", size: 5, modifiedAt: 0, contentTag: "t"))
        var bytes = [UInt8](repeating: 0, count: 10)
        #expect { try bytes.withUnsafeMutableBytes { try reader.read(into: $0) } } throws: { "\($0)".contains("bytes 5-9/10") }
    }

    @Test func whatIsNoListingIsRefused() throws {
        let server = try CannedServer([(200, [:], "<html>Welcome</html>")])
        #expect(throws: WarehouseError.self) { try S3Bucket(client: client(server)).list(prefix: "") }
    }
}
#endif
