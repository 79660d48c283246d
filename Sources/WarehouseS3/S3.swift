import MiniWarehouse
import WarehouseBasics

/// Amazon S3 and what speaks its protocol (MinIO, localstack, moto), for external stages.
///
///     var options = WarehouseOptions()
///     options.objectStores = [S3()]
///     let warehouse = try Warehouse.open("movielens.mlwh", options: options)
///
/// Built with the package's trait `S3` (`swift build --traits S3`): without it there is no HTTP client in the build, and
/// `S3.isAvailable` is false. Credentials come from the stage, else AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
/// AWS_SESSION_TOKEN, else `~/.aws/credentials` (AWS_PROFILE); the region from AWS_REGION, AWS_DEFAULT_REGION or
/// `~/.aws/config`; the endpoint from the stage's ENDPOINT, AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL. A bucket's name is
/// part of the host on Amazon's own endpoints and of the path on others, unless `addressing_style` of `~/.aws/config`
/// says `path` or `virtual`.
public struct S3: ObjectStoreProvider {
    public let schemes = ["s3://", "s3gov://", "s3china://", "s3compat://"]

    public init() {}

    /// Whether this build has an HTTP client.
    public static var isAvailable: Bool {
        #if S3
        true
        #else
        false
        #endif
    }

    public func open(_ location: ObjectLocation) throws -> (store: any ObjectStore, prefix: String) {
        guard let scheme = schemes.first(where: location.url.hasPrefix) else {
            throw WarehouseError(.invalidValue, "'\(location.url)' is not an S3 URL.")
        }
        #if S3
        let rest = location.url.dropFirst(scheme.count)
        let bucket = String(rest.prefix { $0 != "/" })
        let prefix = String(rest.dropFirst(bucket.count).drop { $0 == "/" })
        let settings = S3Settings.current
        let endpoint = location.endpoint ?? settings.endpoint
        if scheme == "s3compat://", endpoint == nil {
            throw WarehouseError(.invalidValue, "A stage on s3compat:// needs an ENDPOINT.")
        }
        let address = try S3Address(bucket: bucket, region: settings.region, endpoint: endpoint,
                                    style: settings.addressingStyle)
        let credentials = try settings.credentials(stage: location.credentials)
        return (S3Bucket(client: S3Client(address, credentials)), prefix)
        #else
        throw WarehouseError(
            .unsupported, "The stage's location \(location.url) is on \(scheme), which this build cannot reach.",
            hint: "Build with `swift build --traits S3`, or use an internal stage or a file:// URL.")
        #endif
    }
}
