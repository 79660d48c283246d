import MovieLens
import WarehouseCommands
import WarehouseS3

/// What `--version` prints, and what written packages ask for.
let toolVersion = "0.1.0"

CommandLineTool(
    name: "mlwh", version: toolVersion, abstract: "A columnar warehouse in a directory: SQL, and typed models.",
    project: MovieLens.project, commands: [DemoCommand.self, GenerateCommand.self, InitCommand.self, ImportCommand.self],
    objectStores: S3.isAvailable ? [S3()] : [], dashboards: MovieLens.dashboards
).main()
