# escape=`
FROM mcr.microsoft.com/windows/nanoserver:ltsc2025
COPY dist C:\app\
ENV A=1 `
    B=2
CMD ["node", "C:\\app\\server.js"]
