#if S3
import Testing
@testable import WarehouseS3

/// The examples of Amazon's documentation: "Signature Calculations for the Authorization Header".
@Suite struct SignatureTests {
    private let signer = SignatureV4(
        credentials: S3Credentials(
            keyID: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1")
    /// 2013-05-24 00:00:00 UTC.
    private let time = 1_369_353_600

    private func signature(_ headers: [(name: String, value: String)]) -> String {
        headers.last { $0.name == "authorization" }?.value.split(separator: "=").last.map(String.init) ?? ""
    }

    @Test func gettingARange() {
        let headers = signer.signed(
            method: "GET", path: "/test.txt", query: [],
            headers: [("host", "examplebucket.s3.amazonaws.com"), ("range", "bytes=0-9")],
            bodyHash: SignatureV4.emptyHash, time: time)
        #expect(signature(headers) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
        #expect(headers.contains { $0 == ("x-amz-date", "20130524T000000Z") })
    }

    @Test func putting() {
        let headers = signer.signed(
            method: "PUT", path: "/test%24file.text", query: [],
            headers: [
                ("date", "Fri, 24 May 2013 00:00:00 GMT"), ("host", "examplebucket.s3.amazonaws.com"),
                ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ],
            bodyHash: SignatureV4.hexDigest(Array("Welcome to Amazon S3.".utf8)), time: time)
        #expect(signature(headers) == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
    }

    @Test func listing() {
        let headers = signer.signed(
            method: "GET", path: "/", query: [("max-keys", "2"), ("prefix", "J")],
            headers: [("host", "examplebucket.s3.amazonaws.com")], bodyHash: SignatureV4.emptyHash, time: time)
        #expect(signature(headers) == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }
}
#endif
