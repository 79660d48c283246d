#if S3
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

    @Test func whatIsNoListingIsRefused() throws {
        let server = try CannedServer([(200, [:], "<html>Welcome</html>")])
        #expect(throws: WarehouseError.self) { try S3Bucket(client: client(server)).list(prefix: "") }
    }
}
#endif
