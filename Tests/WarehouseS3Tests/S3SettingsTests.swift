import Testing
import WarehouseBasics
@testable import WarehouseS3

@Suite struct S3SettingsTests {
    private func settings(_ environment: [String: String], _ files: [String: String] = [:]) -> S3Settings {
        S3Settings(environment: environment) { files[$0] }
    }

    @Test func whereKeysComeFrom() throws {
        let files = [
            "/home/a/.aws/credentials": "[default]\naws_access_key_id = FILE\naws_secret_access_key=x=y\n[other]\n"
                + "aws_access_key_id=OTHER\naws_secret_access_key=z\naws_session_token=t\n",
            "/home/a/.aws/config": "# note\n[default]\nregion = eu-central-1\n[profile other]\nregion=us-west-2\n"
                + "endpoint_url = http://localhost:9000\ns3 =\n  addressing_style = virtual\n",
        ]
        let home = ["HOME": "/home/a"]
        let stage = try settings(home, files).credentials(stage: ["AWS_KEY_ID": "S", "AWS_SECRET_KEY": "s"])
        #expect(stage?.keyID == "S" && stage?.secretKey == "s" && stage?.sessionToken == nil)
        let environment = home.merging(["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "e"]) { $1 }
        #expect(try settings(environment, files).credentials(stage: [:])?.keyID == "E")
        let file = try settings(home, files).credentials(stage: [:])
        #expect(file?.keyID == "FILE" && file?.secretKey == "x=y")
        #expect(settings(home, files).region == "eu-central-1")
        #expect(settings(home, files).endpoint == nil)
        let other = settings(home.merging(["AWS_PROFILE": "other"]) { $1 }, files)
        #expect(try other.credentials(stage: [:])?.sessionToken == "t")
        #expect(other.region == "us-west-2" && other.endpoint == "http://localhost:9000")
        #expect(other.addressingStyle == .virtual && settings(home, files).addressingStyle == .auto)
        #expect(try settings(home).credentials(stage: [:]) == nil)
        #expect(settings([:]).region == "us-east-1")
        #expect(settings(["AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_S3": "http://b"]).endpoint == "http://b")
        #expect(throws: WarehouseError.self) { try settings(home).credentials(stage: ["AWS_KEY_ID": "S"]) }
    }

    @Test func keysAreNotShown() {
        let keys = S3Credentials(keyID: "AKIA123", secretKey: "hush", sessionToken: "quiet")
        for text in ["\(keys)", String(reflecting: keys), "\([keys])", "\(Optional(keys) as Any)"] {
            #expect(!text.contains("hush") && !text.contains("quiet") && !text.contains("AKIA123"))
        }
        var dumped = ""
        dump(keys, to: &dumped)
        #expect(!dumped.contains("hush") && !dumped.contains("quiet"))
    }

    @Test func addresses() throws {
        let amazon = try S3Address(bucket: "movies", region: "eu-west-1", endpoint: nil)
        #expect(amazon.url("raw/a b+ü.csv", "") == "https://movies.s3.eu-west-1.amazonaws.com/raw/a%20b%2B%C3%BC.csv")
        let dotted = try S3Address(bucket: "my.movies", region: "us-east-1", endpoint: nil)
        #expect(dotted.url("", "list-type=2") == "https://s3.us-east-1.amazonaws.com/my.movies?list-type=2")
        let china = try S3Address(bucket: "movies", region: "cn-north-1", endpoint: nil)
        #expect(china.hostName == "movies.s3.cn-north-1.amazonaws.com.cn")
        let local = try S3Address(bucket: "movies", region: "us-east-1", endpoint: "http://localhost:5000/")
        #expect(local.url("a/b", "") == "http://localhost:5000/movies/a/b")
        #expect(try S3Address(bucket: "movies", region: "r", endpoint: "minio.example").url("x", "")
            == "https://minio.example/movies/x")
        #expect(try S3Address(bucket: "movies", region: "r", endpoint: "minio.example:9000", style: .virtual).url("x", "")
            == "https://movies.minio.example:9000/x")
        #expect(try S3Address(bucket: "movies", region: "eu-west-1", endpoint: nil, style: .path).url("x", "")
            == "https://s3.eu-west-1.amazonaws.com/movies/x")
        for bucket in ["", "ab", "UPPER", "a/b", "a..b", "..", "a b c", String(repeating: "a", count: 64)] {
            #expect(throws: WarehouseError.self) { try S3Address(bucket: bucket, region: "r", endpoint: nil) }
        }
        for endpoint in ["http://", "a b", "http://h/path", "user@host"] {
            #expect(throws: WarehouseError.self) { try S3Address(bucket: "abc", region: "r", endpoint: endpoint) }
        }
    }

    @Test func answersAreRead() {
        let text = "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"x\"><Name>b</Name><IsTruncated>false</IsTruncated>"
            + "<Contents><Key>a%26b&amp;&#x41;&#66;&lt;</Key><Size>12</Size></Contents><Contents><Key/></Contents>"
            + "</ListBucketResult>"
        let document = S3Document(Array(text.utf8))
        #expect(document["Name"] == "b" && document["Missing"] == nil)
        let contents = document.elements("Contents")
        #expect(contents.count == 2)
        #expect(S3Document.text("Key", of: contents[0]) == "a%26b&AB<")
        #expect(S3Document.text("Key", of: contents[1]) == "")
        for broken in ["", "<", "<a", "<a><b>", "text", "<a>&#xFFFFFFFF;</a>", "</a>",
                       String(repeating: "<a>", count: 100_000)] {
            _ = S3Document(Array(broken.utf8))
        }
        #expect(URIText.decoded("a%2Fb%20c+d%zz%4") == "a/b c d%zz%4")
    }
}
