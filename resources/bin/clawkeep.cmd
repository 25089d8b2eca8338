@rem Clawkeep's command line in an installed app.
@"%~dp0..\node\bin\node.exe" "%~dp0..\app.asar.unpacked\out\main\cli.cjs" %*
